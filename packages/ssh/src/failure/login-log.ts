/** The log of a login: the keys and passwords that were tried, the faults that prevented a try, and the server's text. */
export interface LoginLog {
  /** Names of keys and passwords, in the order of the tries. */
  readonly tried: string[];
  /** Records that the server accepted the last try, and wants more. */
  readonly pass: () => void;
  /** Names of the tries that the server accepted, and that were not enough. */
  readonly passed: readonly string[];
  readonly fault: (name: string, fault: { readonly why: string; readonly hint: string }) => void;
  /** Each fault, with its subject first, and the hint of the first fault. */
  readonly faults: () => { readonly words: readonly string[]; readonly hint: string | undefined };
  /** The faults, one a line, to show above a question. Empty if there is no fault. */
  readonly faultsText: () => string;
  /** Returns why `identity-file` did not log in, if another way did: its fault, or that the host refused it. */
  readonly unusedFile: () => string | undefined;
  /** Records text from the server. */
  readonly say: (text: string) => void;
  /** The server's text on one line, without characters that a terminal would obey. */
  readonly said: () => string;
}

export function makeLoginLog(): LoginLog {
  const words: string[] = [];
  const passed: string[] = [];
  const tried: string[] = [];
  const said = new Set<string>();
  let hint: string | undefined;
  return {
    tried,
    passed,
    pass: () => {
      const last = tried.pop();
      if (last !== undefined) passed.push(last);
    },
    fault: (name, fault) => {
      words.push(`${name} ${fault.why}`);
      hint ??= fault.hint;
    },
    faults: () => ({ words, hint }),
    faultsText: () => words.map((word) => `${word}\n`).join(""),
    unusedFile: () => {
      const last = tried.at(-1);
      const refused = tried.find((one) => isIdentityFile(one) && one !== last);
      return refused === undefined
        ? words.find(isIdentityFile)
        : `the host refused ${refused}; ${last} was accepted`;
    },
    say: (text) => {
      if (text.trim() !== "") said.add(text);
    },
    said: () => oneLine([...said].join("\n")),
  };
}

/** Returns whether a name or a fault of a log is of the option `identity-file`. */
export function isIdentityFile(text: string): boolean {
  return text.startsWith("identity-file ");
}

/** The longest server text in a message, in characters. */
const mostSaid = 400;

/** Puts a text on one line, without characters that a terminal would obey. */
export function oneLine(text: string): string {
  const line = text
    .split(/[\r\n]+/)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
    .map((part) => part.replaceAll(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, " ").trim())
    .filter(Boolean)
    .join(" / ");
  return line.length > mostSaid ? `${line.slice(0, mostSaid)}…` : line;
}
