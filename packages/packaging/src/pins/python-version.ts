/** The version of a Python project without pre-, post-, development and local parts: `1!2.0a1.dev3` is `1!2.0`. */
export function baseVersion(version: string): string {
  const [, epoch = "", release = "0"] = /^v?(\d+!)?(\d+(?:\.\d+)*)/i.exec(version.trim()) ?? [];
  return epoch + release;
}

/**
 * The version of one release of a development package (PEP 440). Each content has its own, so that a shared cache of eggs
 * never gives the code of another; a later count is a greater version.
 */
export function releaseVersion(own: string, count: number, hash: string): string {
  return `${baseVersion(own)}.post${count}+h${hash.slice(0, 8)}`;
}

const releaseForm = /^(.*)\.post\d+\+h[0-9a-f]{8}$/;

/** Whether a version is one that {@link releaseVersion} makes. */
export function isReleaseVersion(version: string): boolean {
  return releaseForm.test(version);
}

/**
 * Whether a pin means the development package: its own version, or one that a release of it had, or a range. Any other means a
 * version of an index.
 */
export function isPinnedHere(pin: string, own: string): boolean {
  if (isRange(pin)) return true;
  const release = releaseForm.exec(pin)?.[1];
  if (release !== undefined) return release === baseVersion(own);
  const plain = (version: string) =>
    version
      .toLowerCase()
      .replace(/^(?:==)?\s*v?/, "")
      .replace(/(?:\.0)+$/, "");
  return plain(pin) === plain(own);
}

/** Whether a pin leaves several versions, as buildout reads it: `>=1.0, <2`. */
export function isRange(pin: string): boolean {
  return /^[<>]/.test(pin.trim());
}

/** Whether a version is in a range. */
export function isInRange(version: string, range: string): boolean {
  return range.split(",").every((part) => {
    const [, operator = "", limit = ""] = /^\s*([<>=!~]*)\s*(.*?)\s*$/.exec(part) ?? [];
    const order = compareVersions(version.replace(/\+.*$/, ""), limit);
    if (order === 0) return /^(?:[<>]?=|==|~=)$/.test(operator);
    return operator.startsWith(order < 0 ? "<" : ">") || operator === "!=";
  });
}

/** Below, above or equal to 0: numbers as numbers, all else as text. Good enough to choose the later of two eggs. */
export function compareVersions(one: string, other: string): number {
  return one.localeCompare(other, "en", { numeric: true });
}
