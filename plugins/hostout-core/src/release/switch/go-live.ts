import { HostoutError, type Next, type Outcome } from "@hostout/kit";
import { goLive, madeRelease, releaseForm, requirePrepared, siteStore, targetCell } from "@hostout/releases";
import type { OnHost } from "../values/release-options.ts";
import { markGoingLive, unhalt } from "./halted.ts";
import { stopsNothing } from "./stop-start.ts";

/**
 * Stops the site, switches, starts it and checks it. Before the stop, hostout refuses a release that failed on this host, that was
 * removed there, or that was prepared beside another live release.
 */
export async function goLiveOnce(context: OnHost, next: Next): Promise<Outcome> {
  if (!context.dryRun && !context.shared.has(targetCell)) {
    await refuseFailed(context);
    requirePrepared(context, await (await siteStore(context)).state(), madeRelease(context));
  }
  markGoingLive(context);
  return goLive(context, next, { stopsNothing: await stopsNothing(context) });
}

/** A run that is resumed may come with a release that failed its check and was rolled back, and that was removed since. */
async function refuseFailed(context: OnHost): Promise<void> {
  const { host, site } = context;
  const release = madeRelease(context);
  if (release === undefined) return;
  const store = await siteStore(context);
  const { failed, releases, served } = await store.state();
  if (!failed.some(({ name }) => name === release)) {
    // What another plugin made may be no release of ours.
    if (releases.some(({ name }) => name === release) || !releaseForm.test(release)) return;
    throw new HostoutError({
      code: "refused",
      message: `${host.name}: the release ${release} was removed there; ${served ?? "nothing"} stays live, nothing was stopped`,
      hint: `Deploy again: hostout ${site.name} deploy`,
      host: host.name,
    });
  }
  // Who rolled it back has started the site again.
  unhalt(context);
  throw new HostoutError({
    code: "refused",
    message: `${host.name}: the release ${release} failed its check and was rolled back; ${served ?? "nothing"} stays live, nothing was stopped`,
    hint: `Correct the site or its verify lines, then deploy again: hostout ${site.name} deploy`,
    host: host.name,
  });
}
