/** What a host was tried to be logged in to with, and why some of it could not be tried. */
export interface LoginLog {
  /** Names of keys and passwords, as they are tried. */
  readonly tried: string[];
  readonly fault: (name: string, fault: { readonly why: string; readonly hint: string }) => void;
  /** Each fault, what it is about first; the hint of the first one. */
  readonly faults: () => { readonly words: readonly string[]; readonly hint: string | undefined };
  /** The faults, a line each, above a question; empty where there is none. */
  readonly faultsText: () => string;
}

export function makeLoginLog(): LoginLog {
  const words: string[] = [];
  let hint: string | undefined;
  return {
    tried: [],
    fault: (name, fault) => {
      words.push(`${name} ${fault.why}`);
      hint ??= fault.hint;
    },
    faults: () => ({ words, hint }),
    faultsText: () => words.map((word) => `${word}\n`).join(""),
  };
}
