/**
 * Whether a path (`a/b.txt`, relative, without `./`) is left out by rsync's patterns: a pattern with `/` at its beginning
 * is anchored, one with `/` inside matches the end of the path, others match a name; `/` at the end means folders only.
 * What is below an excluded folder is excluded with it. (rsync(1), FILTER RULES; `[]` classes as there.)
 */
export function makeExclude(patterns: readonly string[]): (path: string, isFolder: boolean) => boolean {
  const tests = patterns.map((pattern) => {
    const foldersOnly = pattern.endsWith("/");
    const body = pattern.replace(/\/$/, "");
    const anchored = body.startsWith("/");
    const source = translate(body.replace(/^\//, ""));
    return { foldersOnly, form: new RegExp(`${anchored ? "^" : "(?:^|/)"}${source}$`) };
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
  return pattern.replaceAll(/\*\*|\*|\?|\[[^\]]+\]|[.+^${}()|\\]/g, (token) => {
    if (token === "**") return ".*";
    if (token === "*") return "[^/]*";
    if (token === "?") return "[^/]";
    return token.startsWith("[") ? token.replace(/^\[!/, "[^") : `\\${token}`;
  });
}
