/**
 * Whether a path (`a/b.txt`, relative, without `./`) is meant by one of the patterns, itself or a folder it is in:
 * `*`, `?` and `[…]` stay in a name, `**` does not; a pattern with `/` at its beginning is anchored, one with `/` inside
 * matches the end of the path, others match a name; `/` at the end means folders only. As in rsync's `--exclude`.
 */
export function matchPaths(patterns: readonly string[]): (path: string) => boolean {
  const forms = patterns.map(formOf);
  return (path) => {
    const names = path.split("/");
    return names.some((_name, index) => {
      const upTo = names.slice(0, index + 1).join("/");
      const isFolder = index < names.length - 1;
      return forms.some(({ form, foldersOnly }) => (isFolder || !foldersOnly) && form.test(upTo));
    });
  };
}

/** Whether a word is more than the name of one file or folder. */
export function isPattern(word: string): boolean {
  return /[*?[]/.test(word);
}

function formOf(pattern: string): { readonly form: RegExp; readonly foldersOnly: boolean } {
  const foldersOnly = pattern.endsWith("/");
  const body = pattern.replace(/^\.\//, "/").replace(/\/+$/, "");
  const isAnchored = body.startsWith("/");
  const source = translate(body.replace(/^\/+/, ""));
  return { foldersOnly, form: new RegExp(`${isAnchored ? "^" : "(?:^|/)"}${source}$`, "s") };
}

function translate(pattern: string): string {
  return pattern.replaceAll(/\*\*\/|\*\*|\*|\?|\[[^\]]+\]|[.+^${}()|\\[\]]/g, (token) => {
    if (token === "**/") return "(?:.*/)?";
    if (token === "**") return ".*";
    if (token === "*") return "[^/]*";
    if (token === "?") return "[^/]";
    return token.length > 1 ? token.replace(/^\[!/, "[^").replaceAll("\\", "\\\\") : `\\${token}`;
  });
}
