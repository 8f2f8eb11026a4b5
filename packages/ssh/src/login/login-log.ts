/** What a host was tried to be logged in to with, why some of it could not be tried, and what the server said. */
export interface LoginLog {
  /** Names of keys and passwords, as they are tried. */
  readonly tried: string[];
  /** The one that was tried last is taken, and is not enough. */
  readonly pass: () => void;
  /** Names of those that are taken, and are not enough. */
  readonly passed: readonly string[];
  readonly fault: (name: string, fault: { readonly why: string; readonly hint: string }) => void;
  /** Each fault, what it is about first; the hint of the first one. */
  readonly faults: () => { readonly words: readonly string[]; readonly hint: string | undefined };
  /** The faults, a line each, above a question; empty where there is none. */
  readonly faultsText: () => string;
  /** Takes down what the server says. */
  readonly say: (text: string) => void;
  /** What the server said, on one line, without signs that a terminal would obey. */
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
    say: (text) => {
      if (text.trim() !== "") said.add(text);
    },
    said: () => oneLine([...said].join("\n")),
  };
}

/** How much of what a server says is told, in characters. */
const mostSaid = 400;

/** A text on one line, without signs that a terminal would obey. */
export function oneLine(text: string): string {
  const line = text
    .split(/[\r\n]+/)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
    .map((part) => part.replaceAll(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, " ").trim())
    .filter(Boolean)
    .join(" / ");
  return line.length > mostSaid ? `${line.slice(0, mostSaid)}…` : line;
}
