/** Returns the regular expression of a glob: `*`, `?` and `[…]`, as in a shell. */
export function globForm(glob: string): RegExp {
  const source = glob.replaceAll(/\[!?[^\]]*\]|[.+^${}()|\\*?[\]]/g, (token) => {
    if (token === "*") return ".*";
    if (token === "?") return ".";
    return token.length > 1 ? token.replace(/^\[!/, "[^") : `\\${token}`;
  });
  return new RegExp(`^${source}$`);
}
