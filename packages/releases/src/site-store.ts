import { absolutePath, type HostContext, isHostoutError } from "@hostout/kit";
import { type KnownState, knownState } from "./known-state.ts";
import type { RenewableLock as Lock } from "./lock.ts";
import { prepareScript } from "./lock-scripts.ts";
import { openStore } from "./open-store.ts";
import type { Store } from "./store.ts";
import { who } from "./who.ts";

/** The releases of the site on the host, with the rights of who owns them. */
export async function siteStore(context: HostContext): Promise<Store> {
  const { remote, options, shared } = context;
  const path = (shared.get("path") as string | undefined) ?? (await absolutePath(remote, options.path));
  const known = (shared.get("known") as KnownState | undefined) ?? knownState();
  shared.set("path", path).set("known", known);
  return openStore(remote.as("effective"), path, { prepare: () => prepare(context, path), known });
}

/** Makes the folders: as who owns them, or as root where that one may not. */
async function prepare({ remote, options: { effectiveUser } }: HostContext, path: string): Promise<void> {
  const words = (owner: string) => ["sh", "-c", prepareScript, "hostout", path, owner];
  try {
    await remote.as("effective").run(words(""), { quiet: true });
  } catch (error) {
    try {
      await remote.as("root").run(words(effectiveUser ?? remote.user), { quiet: true });
    } catch (refused) {
      // Where nobody may become root, what the owner was told is the reason.
      throw isHostoutError(refused) && refused.code === "sudo-refused" ? error : refused;
    }
  }
}

/**
 * Does `work` under the lock of the site on the host: that of a command around this one, or its own. On a dry run there is none.
 *
 * @param makes whether it makes the store of a site that was never deployed there
 */
export async function withLock<T>(
  { dryRun, shared }: HostContext,
  store: Store,
  work: (lock: Lock) => Promise<T>,
  { makes = true } = {},
): Promise<T> {
  const held = shared.get("lock") as Lock | undefined;
  if (held) return work(held);
  if (dryRun) return work(noLock);
  const lock = await store.lock(`${who()}, process ${process.pid}`, makes);
  shared.set("lock", lock);
  try {
    return await work(lock);
  } finally {
    shared.delete("lock");
    await lock.release();
  }
}

const noLock: Lock = { token: "", release: async () => {}, serves: () => {}, renew: async () => false };
