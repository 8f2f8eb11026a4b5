import { type HostContext, HostoutError } from "@hostout/kit";
import { releaseForm } from "../state/release-name.ts";
import type { Store } from "../store/store.ts";

/**
 * Checks that the release of an earlier switch is still live. A run that resumes another one does not switch again, so
 * that it would report a release that somebody has replaced since.
 *
 * @param switched the value of `activate` in this run, or in the run that it resumes; undefined if none has switched
 * @throws HostoutError `refused` with the release that is live instead
 */
export async function requireStillLive(
  { host, site, dryRun }: Pick<HostContext, "host" | "site" | "dryRun">,
  store: Store,
  switched: { readonly release: string } | undefined,
): Promise<void> {
  // Another plugin's `activate` may switch to no release of ours.
  if (dryRun || switched === undefined || !releaseForm.test(switched.release)) return;
  const { served, foreign } = await store.state();
  if (served === switched.release) return;
  throw new HostoutError({
    code: "refused",
    message: `${host.name}: ${served ?? foreign ?? "no release"} is live: another run has replaced ${switched.release}, to which this run had switched`,
    hint: `Look who did: hostout ${site.name} releases. To make it live again: hostout ${site.name} activate ${switched.release}`,
    host: host.name,
  });
}
