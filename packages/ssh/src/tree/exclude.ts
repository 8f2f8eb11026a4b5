import { byteString } from "./byte-string.ts";

/**
 * Whether a path (`a/b.txt`, relative, without `./`, each character one byte) is left out by rsync's patterns: a pattern with `/` at its
 * beginning is anchored, one with `/` inside matches the end of the path, others match a name; `/` at the end means folders only.
 * What is below an excluded folder is excluded with it. (rsync(1), PATTERN MATCHING RULES; `[]` classes and `\` as there.)
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
  // Without a wildcard a backslash is one.
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

/** `[!a-c]` as a regular expression has it. */
function characterClass(token: string): string {
  const isNegated = /^\[[!^]/.test(token);
  const body = token.slice(isNegated ? 2 : 1, -1);
  const inside = body.replaceAll(/\[:(\w+):\]|\\(.)|[\]\\[^]/gs, (sign, name, escaped) =>
    name === undefined ? `\\${escaped ?? sign}` : (posixClasses[name] ?? ""),
  );
  return `[${isNegated ? "^" : ""}${inside}]`;
}
