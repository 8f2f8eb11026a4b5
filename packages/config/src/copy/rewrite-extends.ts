/**
 * Changes the names in `extends` and `optional-extends` of `[buildout]`, and leaves the rest of the file
 * unchanged.
 *
 * @param rename returns the new name for a name as written
 */
export function rewriteExtends(text: string, rename: (name: string) => string): string {
  let isBuildout = false;
  let isExtends = false;
  return text.replaceAll(/[^\r\n]+/g, (line) => {
    if (/^[#;]/.test(line)) return line;
    if (/^\s/.test(line)) return isExtends ? renamed(line, rename) : line;
    isExtends = false;
    const section = /^\[\s*([^\s#[\]:;{}]+)\s*(?::.*)?\]/.exec(line)?.[1];
    if (section !== undefined) {
      isBuildout = section === "buildout";
      return line;
    }
    const option = isBuildout ? /^(?:optional-)?extends\s*=/.exec(line)?.[0] : undefined;
    if (option === undefined) return line;
    isExtends = true;
    return option + renamed(line.slice(option.length), rename);
  });
}

function renamed(names: string, rename: (name: string) => string): string {
  return names.replaceAll(/\S+/g, (name) => rename(name));
}
