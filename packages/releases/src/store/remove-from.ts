import { type HostContext, isHostoutError } from "@hostout/kit";
import { discardScript } from "../host/discard-script.ts";
import { formatGiven } from "../script/given.ts";
import { oldFailures, type Remaining, type Removable } from "../state/removable.ts";
import { parseRemaining } from "../state/store-answers.ts";
import type { RenewableLock as Lock } from "./lock.ts";
import type { Store } from "./store.ts";
import { storeError } from "./store-error.ts";

/**
 * Removes entries that are no longer needed: as the owner of the site, and as root for files of other accounts.
 * Warns about entries that stay all the same, and resolves to them.
 */
export async function removeFrom(
  context: HostContext,
  store: Store,
  what: readonly Removable[],
  lock: Lock,
): Promise<readonly Remaining[]> {
  const remaining = await asRoot(context, store, await store.remove(what, lock), lock);
  for (const { path, why } of remaining) context.warn(`${store.path}/${path} could not be removed: ${why}`);
  return remaining;
}

/**
 * Removes the leftovers of failures before the one named `last`, so that repeated failures do not fill the disk.
 * Entries that cannot be removed stay for a clean-up.
 */
export async function removeOldFailures(store: Store, last: string, lock: Lock): Promise<void> {
  const old = oldFailures(await store.state(), last);
  if (old.length > 0) await store.remove(old, lock);
}

/** Removes files that root left in a release, such as caches and compiled sources: root starts some sites. */
async function asRoot(
  { site, remote, note, options: { effectiveUser } }: HostContext,
  store: Store,
  remaining: readonly Remaining[],
  lock: Lock,
): Promise<readonly Remaining[]> {
  const owner = effectiveUser ?? remote.user;
  if (remaining.length === 0 || owner === "root") return remaining;
  await store.prove(lock);
  const input = formatGiven({ words: remaining.map(({ kind, name, path }) => `${kind}:${name}\t${path}`) });
  const words = ["sh", "-c", discardScript, "hostout", store.path, owner];
  try {
    const { stdout } = await remote.as("root").run(words, { quiet: true, input });
    return parseRemaining(stdout, remaining);
  } catch (error) {
    const fault = storeError(error, { host: remote.name, path: store.path, site: site.name }, "the release");
    if (!isHostoutError(fault)) throw fault;
    note(`root could not remove it either: ${fault.message}`);
    return remaining;
  }
}
