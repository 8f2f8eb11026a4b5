import { HostoutError, type Origin } from "@hostout/kit";

/** The place of patterns, for messages alone. */
export interface PatternOption {
  readonly name: string;
  readonly origin: Origin | undefined;
}

/**
 * Returns a function that decides whether a pattern matches a path (`a/b.txt`, relative, without `./`) or a folder
 * above it.
 * `*`, `?` and `[…]` match within a name, `**` across names. A pattern with `/` at its beginning is anchored. A pattern
 * with `/` inside matches the end of the path. Others match a name.
 * A `/` at the end restricts a pattern to folders. As in rsync's `--exclude`.
 *
 * @throws HostoutError `bad-option` for an invalid pattern
 */
export function matchPaths(
  patterns: readonly string[],
  option: PatternOption = { name: "pattern", origin: undefined },
): (path: string) => boolean {
  const forms = patterns.map((pattern) => formOf(pattern, option));
  return (path) => {
    const names = path.split("/");
    return names.some((_name, index) => {
      const upTo = names.slice(0, index + 1).join("/");
      const isFolder = index < names.length - 1;
      return forms.some(({ form, foldersOnly }) => (isFolder || !foldersOnly) && form.test(upTo));
    });
  };
}

/** Returns whether a word is more than the name of one file or folder. */
export function isPattern(word: string): boolean {
  return /[*?[]/.test(word);
}

function formOf(
  pattern: string,
  { name, origin }: PatternOption,
): { readonly form: RegExp; readonly foldersOnly: boolean } {
  const foldersOnly = pattern.endsWith("/");
  const body = pattern.replace(/^\.\//, "/").replace(/\/+$/, "");
  const isAnchored = body.startsWith("/");
  const source = globSource(body.replace(/^\/+/, ""));
  try {
    return { foldersOnly, form: new RegExp(`${isAnchored ? "^" : "(?:^|/)"}${source}$`, "s") };
  } catch (cause) {
    const message = `${name} = ${pattern} is not a pattern`;
    throw new HostoutError({
      code: "bad-option",
      message,
      hint: "As in [a-z], the first is below the last.",
      origin,
      cause,
    });
  }
}

/** Returns the regular expression source of a pattern: `*`, `?` and `[…]` match within a name, `**` across names. */
export function globSource(pattern: string): string {
  return pattern.replaceAll(/\*\*\/|\*\*|\*|\?|\[[^\]]+\]|[.+^${}()|\\[\]]/g, (token) => {
    if (token === "**/") return "(?:.*/)?";
    if (token === "**") return ".*";
    if (token === "*") return "[^/]*";
    if (token === "?") return "[^/]";
    return token.length > 1 ? token.replace(/^\[!/, "[^").replaceAll("\\", "\\\\") : `\\${token}`;
  });
}
