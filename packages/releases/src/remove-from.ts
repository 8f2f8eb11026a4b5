import { type HostContext, isHostoutError } from "@hostout/kit";
import type { RenewableLock as Lock } from "./lock.ts";
import { openStore } from "./open-store.ts";
import type { Removable } from "./removable.ts";
import type { Store } from "./store.ts";

/** Removes what is not needed any more: as who owns the site, and as root what root made there. What stays all the same is told. */
export async function removeFrom(
  { remote, warn }: HostContext,
  store: Store,
  what: readonly Removable[],
  lock: Lock,
): Promise<void> {
  try {
    await store.remove(what, lock);
  } catch (error) {
    if (!isHostoutError(error) || error.code !== "command-failed") throw error;
    // A site that root starts leaves files of root in its release: caches, compiled sources.
    const asRoot = openStore(remote.as("root"), store.path);
    try {
      await asRoot.remove(what, lock);
    } catch (refused) {
      if (!isHostoutError(refused) || refused.code === "locked") throw refused;
      warn(`not all of it could be removed: ${error.message}`);
    }
  }
}
