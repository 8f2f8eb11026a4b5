import { dirname } from "node:path";
import { type HostContext, who } from "@hostout/kit";
import { releaseName, releaseTimeMs } from "../state/release-name.ts";
import type { RenewableLock as Lock } from "../store/lock.ts";
import type { Store } from "../store/store.ts";

/**
 * What was deployed into the site's own folder before becomes the first release, and can be gone back to. What `release`, which takes its
 * place, does not have stays where it is.
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
  // It was there before what is made now, and is listed so.
  const made = [...releases, ...failed].map((record) => releaseTimeMs(record.name) - 1);
  const timeMs = Math.min(Date.now(), ...made);
  const name = releaseName(timeMs, "00000000");
  const at = new Date(timeMs).toISOString();
  note(`what is served in place (${folders.join(", ")}) becomes the release ${name}`);
  const record = { site: site.name, by: "adopt", at, who: who(), from: dirname(site.config) };
  await store.adopt({ name, result: "ok", ...record }, folders, lock);
  await store.link(folders, lock);
  return name;
}
