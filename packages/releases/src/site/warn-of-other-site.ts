import type { HostContext } from "@hostout/kit";
import type { StoreState } from "../state/store-state.ts";
import type { Store } from "../store/store.ts";

/**
 * Warns that two sites with the same path replace each other. The user may mean that (one is a variant of the other),
 * or it may be a slip.
 */
export function warnOfOtherSite(
  { site, warn }: Pick<HostContext, "site" | "warn">,
  { path }: Pick<Store, "path">,
  { served, releases }: StoreState,
): void {
  const other = releases.find(({ name }) => name === served)?.site;
  if (other !== undefined && other !== site.name)
    warn(`${path} has a live release of the site ${other}; this run replaces it by ${site.name}`);
}
