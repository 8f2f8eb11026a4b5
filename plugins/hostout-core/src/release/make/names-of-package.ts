import type { StoreState } from "@hostout/releases";
import type { Packaged } from "./package-site.ts";

/** By what a run packaged, which is one value for all hosts of a site: the releases of it that hosts have, each with their number. */
const found = new WeakMap<Packaged, Map<string, number>>();

/** Tells which release of the package a host has, before any host makes one. */
export function tellName(packaged: Packaged, { releases }: StoreState): void {
  const name = releases.findLast((record) => record.package === packaged.hash)?.name;
  if (name === undefined) return;
  const names = found.get(packaged) ?? new Map<string, number>();
  found.set(packaged, names.set(name, (names.get(name) ?? 0) + 1));
}

/**
 * The name of the release that a host makes of the package: the one that most hosts of the run have it by, so that a release can be named
 * for all of them. A name that the host had for something else, or that failed there, is not given again.
 */
export function nameOfRelease(packaged: Packaged, { releases, failed, leftovers }: StoreState): string {
  const taken = new Set([...releases, ...failed].map(({ name }) => name));
  const isFree = (name: string) => !taken.has(name) && !leftovers.includes(name);
  const names = [...(found.get(packaged) ?? [])].filter(([name]) => isFree(name));
  const [best] = names.toSorted(([one, count], [other, more]) => more - count || (one < other ? 1 : -1));
  return best?.[0] ?? packaged.release;
}
