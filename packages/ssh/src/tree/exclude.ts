import { byteString } from "./byte-string.ts";

/**
 * Returns a function that decides whether rsync's patterns exclude a path (`a/b.txt`, relative, without `./`, each
 * character one byte).
 * A pattern with `/` at its beginning is anchored. A pattern with `/` inside matches the end of the path. Others match
 * a name. A `/` at the end restricts a pattern to folders.
 * An excluded folder excludes its content. (rsync(1), PATTERN MATCHING RULES; `[]` classes and `\` as there.)
 */
export function makeExclude(patterns: readonly string[]): (path: string, isFolder: boolean) => boolean {
  const tests = patterns.map((pattern) => {
    const bytes = byteString(pattern);
    const foldersOnly = bytes.endsWith("/");
    const body = bytes.replace(/\/$/, "");
    const anchored = body.startsWith("/");
    const source = translate(body.replace(/^\//, ""));
    return { foldersOnly, form: new RegExp(`${anchored ? "^" : "(?:^|/)"}${source}$`, "s") };
  });
  return (path, isFolder) => {
    const names = path.split("/");
    return names.some((_name, index) => {
      const upTo = names.slice(0, index + 1).join("/");
      const folder = index < names.length - 1 || isFolder;
      return tests.some(({ foldersOnly, form }) => (folder || !foldersOnly) && form.test(upTo));
    });
  };
}

function translate(pattern: string): string {
  // In a pattern without a wildcard, a backslash is a plain character.
  if (!/[*?[]/.test(pattern)) return literal(pattern);
  return pattern.replaceAll(
    /\\(.)|\*\*+|\*|\?|\[[!^]?\]?(?:\[:\w+:\]|\\.|[^\]])*\]|[^*?\\[]+|./gs,
    (token, escaped) => {
      if (escaped !== undefined) return literal(escaped);
      if (token.startsWith("**")) return ".*";
      if (token === "*") return "[^/]*";
      if (token === "?") return "[^/]";
      return token.startsWith("[") && token.length > 1 ? `(?!/)${characterClass(token)}` : literal(token);
    },
  );
}

function literal(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
}

const posixClasses: Readonly<Record<string, string>> = {
  alnum: "a-zA-Z0-9",
  alpha: "a-zA-Z",
  blank: " \\t",
  cntrl: "\\x00-\\x1f\\x7f",
  digit: "0-9",
  graph: "\\x21-\\x7e",
  lower: "a-z",
  print: "\\x20-\\x7e",
  punct: "\\x21-\\x2f\\x3a-\\x40\\x5b-\\x60\\x7b-\\x7e",
  space: "\\s",
  upper: "A-Z",
  xdigit: "0-9a-fA-F",
};

/** Converts `[!a-c]` to the form of a regular expression. */
function characterClass(token: string): string {
  const isNegated = /^\[[!^]/.test(token);
  const body = token.slice(isNegated ? 2 : 1, -1);
  const inside = body.replaceAll(/\[:(\w+):\]|\\(.)|[\]\\[^]/gs, (sign, name, escaped) =>
    name === undefined ? `\\${escaped ?? sign}` : (posixClasses[name] ?? ""),
  );
  return `[${isNegated ? "^" : ""}${inside}]`;
}
