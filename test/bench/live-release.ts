import { existsSync, lstatSync, readdirSync, readlinkSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Tree } from "./tree.ts";

/**
 * Throws unless the live release of a site has the tree, and the site has no more than `most` releases. All deployers keep
 * them in the same form: `current` links to a folder of `releases`.
 */
export function expectLive(tree: Tree, site: string, most: number): void {
  const [current, releases] = [join(site, "current"), join(site, "releases")];
  const names = existsSync(releases) ? readdirSync(releases) : [];
  const target = lstatSync(current, { throwIfNoEntry: false })?.isSymbolicLink()
    ? readlinkSync(current)
    : "none";
  if (!existsSync(current) || dirname(realpathSync(current)) !== realpathSync(releases))
    throw new Error(`${current} (${target}) leads to no release: ${names.join(", ") || "none"}`);
  if (names.length > most)
    throw new Error(`${releases} has ${names.length} releases in place of ${most}: ${names.join(", ")}`);
  tree.expectIn(join(current, "tree"));
}
