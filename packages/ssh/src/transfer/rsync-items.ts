import { textOfBytes } from "../tree/byte-string.ts";

/** Length of rsync's description of a change (`%i`), before a blank and the path. */
const itemLength = 11;

/** Reads `*deleting   x` and `<f+++++++++ x`. A path whose time alone differs (`.d..t......`) has not changed. */
export function changedPath(item: string): readonly string[] {
  const [what, path] = [item.slice(0, itemLength).trimEnd(), item.slice(itemLength + 1)];
  if (path === "" || path === "./" || /^\.[dLf]\.\.t\.+$/.test(what)) return [];
  return [textOfBytes(unescaped(path))];
}

/** Decodes `\#ooo`, rsync's form of all bytes except printable ASCII. */
function unescaped(path: string): string {
  return path.replaceAll(/\\#([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
}
