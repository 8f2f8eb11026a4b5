import { textOfBytes } from "../tree/byte-string.ts";

/** Characters that rsync says what changed with (`%i`), before a blank and the path. */
const itemLength = 11;

/** `*deleting   x` and `<f+++++++++ x`; a path whose time alone differs (`.d..t......`) has not changed. */
export function changedPath(item: string): readonly string[] {
  const [what, path] = [item.slice(0, itemLength).trimEnd(), item.slice(itemLength + 1)];
  if (path === "" || path === "./" || /^\.[dLf]\.\.t\.+$/.test(what)) return [];
  return [textOfBytes(unescaped(path))];
}

/** rsync writes all bytes but those of printable ASCII as `\#ooo`. */
function unescaped(path: string): string {
  return path.replaceAll(/\\#([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
}
