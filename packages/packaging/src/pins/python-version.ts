/** Returns the version of a Python project without pre-, post-, development and local parts: `1!2.0a1.dev3` gives `1!2.0`. */
export function baseVersion(version: string): string {
  const [, epoch = "", release = "0"] = /^v?(\d+!)?(\d+(?:\.\d+)*)/i.exec(version.trim()) ?? [];
  return epoch + release;
}

/**
 * Returns the version of one release of a development package (PEP 440). A later count gives a greater version.
 * Each content has its own version, so that a shared cache of eggs never returns other code.
 */
export function releaseVersion(own: string, count: number, hash: string): string {
  return `${baseVersion(own)}.post${count}+h${hash.slice(0, 8)}`;
}

const releaseForm = /^(.*)\.post\d+\+h[0-9a-f]{8}$/;

/** Returns whether {@link releaseVersion} made a version. */
export function isReleaseVersion(version: string): boolean {
  return releaseForm.test(version);
}

/**
 * Returns whether a pin means the development package: its own version, one of its releases, or a range. Any other pin
 * means a version from an index.
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

/** Returns whether a pin allows several versions, as buildout reads it: `>=1.0, <2`. */
export function isRange(pin: string): boolean {
  return /^[<>]/.test(pin.trim());
}

/** Returns whether a version is in a range. */
export function isInRange(version: string, range: string): boolean {
  return range.split(",").every((part) => {
    const [, operator = "", limit = ""] = /^\s*([<>=!~]*)\s*(.*?)\s*$/.exec(part) ?? [];
    const order = compareVersions(version.replace(/\+.*$/, ""), limit);
    if (order === 0) return /^(?:[<>]?=|==|~=)$/.test(operator);
    return operator.startsWith(order < 0 ? "<" : ">") || operator === "!=";
  });
}

/**
 * Returns a number below, above or equal to 0. Compares numbers as numbers, and the rest as text: good enough to choose
 * the later of two eggs.
 */
export function compareVersions(one: string, other: string): number {
  return one.localeCompare(other, "en", { numeric: true });
}
