// One module alone: the whole of semver is 47 modules.
import parse from "semver/functions/parse.js";

/**
 * Returns the version of one release of a development package. The last number grows with the count, and the content's
 * hash is the build metadata.
 * An invalid version counts as 0.0.0.
 */
export function nextPatch(own: string, count: number, hash: string): string {
  const { major, minor, patch } = parse(own) ?? { major: 0, minor: 0, patch: 0 };
  return `${major}.${minor}.${patch + count}+h${hash.slice(0, 8)}`;
}
