import { dirname } from "node:path";
import { type HostContext, who } from "@hostout/kit";
import { releaseName, releaseTimeMs } from "../state/release-name.ts";
import type { RenewableLock as Lock } from "../store/lock.ts";
import type { Store } from "../store/store.ts";

/**
 * Makes the first release of an older deployment in the site's own folder, so that a rollback to it is possible.
 * Folders that the new `release` lacks stay in place.
 */
export async function adoptInPlace(
  { note, site }: HostContext,
  store: Store,
  names: readonly string[],
  lock: Lock,
  release?: string,
): Promise<string | undefined> {
  const folders = await store.inPlace(names, release);
  if (folders.length === 0) return undefined;
  const { releases, failed } = await store.state();
  // The adopted release is older than the release of this run, and its name sorts before it.
  const made = [...releases, ...failed].map((record) => releaseTimeMs(record.name) - 1);
  const timeMs = Math.min(Date.now(), ...made);
  const name = releaseName(timeMs, "00000000");
  const at = new Date(timeMs).toISOString();
  note(`the folders in place (${folders.join(", ")}) become the release ${name}`);
  const record = { site: site.name, by: "adopt", at, who: who(), from: dirname(site.config) };
  await store.adopt({ name, result: "ok", ...record }, folders, lock);
  await store.link(folders, lock);
  return name;
}
