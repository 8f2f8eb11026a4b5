import type { StoreState } from "@hostout/releases";
import type { Packaged } from "./package-site.ts";

/** The releases that hosts have of a package, each with the number of hosts. The package is one value for all hosts of a site. */
const found = new WeakMap<Packaged, Map<string, number>>();

/** Records the release of the package that a host has, before any host makes one. */
export function tellName(packaged: Packaged, { releases }: StoreState): void {
  const name = releases.findLast((record) => record.package === packaged.hash)?.name;
  if (name === undefined) return;
  const names = found.get(packaged) ?? new Map<string, number>();
  found.set(packaged, names.set(name, (names.get(name) ?? 0) + 1));
}

/**
 * Returns the name of the release that a host makes of the package. Most hosts of the run use that name, so that one name fits
 * all of them. A name that the host used otherwise, or that failed there, is not used again.
 */
export function nameOfRelease(packaged: Packaged, { releases, failed, leftovers }: StoreState): string {
  const taken = new Set([...releases, ...failed].map(({ name }) => name));
  const isFree = (name: string) => !taken.has(name) && !leftovers.includes(name);
  const names = [...(found.get(packaged) ?? [])].filter(([name]) => isFree(name));
  const [best] = names.toSorted(([one, count], [other, more]) => more - count || (one < other ? 1 : -1));
  return best?.[0] ?? packaged.release;
}
