import { ConfigError } from "./config-error.ts";
import type { Origin } from "./value.ts";

// Names that are true or false by themselves, for a Python 3.11 on this system.
const names: Readonly<Record<string, boolean>> = {
  python2: false,
  python3: true,
  python311: true,
  cpython: true,
  pypy: false,
  jython: false,
  ironpython: false,
  linux: process.platform === "linux",
  windows: process.platform === "win32",
  cygwin: false,
  solaris: process.platform === "sunos",
  macosx: process.platform === "darwin",
  posix: process.platform !== "win32",
  bits32: false,
  bits64: true,
  little_endian: true,
  big_endian: false,
};

/**
 * Whether the condition of a section `[name: condition]` holds: names joined by `not`, `and` and `or`.
 *
 * @throws ConfigError `condition-error` for all that it does not know: never taken for false
 */
export function isConditionTrue(text: string, origin: Origin): boolean {
  const words = text.trim().split(/\s+/);
  const refuse = () =>
    new ConfigError(
      "condition-error",
      `the condition '${text.trim()}' is not understood`,
      origin,
      "Known are names such as linux, macosx and python3, with not, and, or.",
    );
  const meaningOf = (name: string): boolean => {
    const known = names[name] ?? (/^python(2[4-7]|3\d\d?)$/.test(name) ? false : undefined);
    if (known === undefined) throw refuse();
    return known;
  };
  const either = text.trim() === "" ? [] : splitAt(words, "or");
  if (either.length === 0) throw refuse();
  const results = either.map((part) =>
    splitAt(part, "and").map((terms) => {
      const negations = terms.findIndex((term) => term !== "not");
      if (negations < 0 || terms.length !== negations + 1) throw refuse();
      return meaningOf(terms[negations]!) !== (negations % 2 === 1);
    }),
  );
  return results.some((terms) => terms.every((term) => term));
}

function splitAt(words: readonly string[], separator: string): readonly (readonly string[])[] {
  const parts: string[][] = [[]];
  for (const word of words) {
    if (word === separator) parts.push([]);
    else parts.at(-1)!.push(word);
  }
  return parts;
}
