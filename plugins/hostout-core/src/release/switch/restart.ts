import { HostoutError, type Next, type Outcome } from "@hostout/kit";
import { goLive, type StoreState, siteStore, withProof } from "@hostout/releases";
import type { OnHost } from "../values/release-options.ts";
import { notStarted } from "./not-started.ts";

/** Holds the lock of the site on a host while all its hosts restart, batch by batch. Refuses a host without a live release. */
export async function restart(context: OnHost, next: Next): Promise<Outcome> {
  const store = await siteStore(context);
  requireLive(context, await store.state());
  return withProof(context, store, async () => {
    // Another run may have changed the site before this one had the lock.
    const live = requireLive(context, await store.state());
    const { status } = await next();
    return { status, note: context.dryRun ? `would restart ${live}` : `${live} was restarted` };
  });
}

/**
 * Leaves a mark on the host while the site is stopped and started. If this run is killed meanwhile, the next deploy does not
 * assume that the live release runs.
 */
export async function restartLive(context: OnHost, next: Next): Promise<Outcome> {
  const state = await (await siteStore(context)).state();
  const live = requireLive(context, state);
  // Without a release of hostout, the host has no place for the mark.
  const work = state.releases.length === 0 ? next() : goLive(context, next);
  return work.catch((error: unknown) => {
    throw notStarted(context, error, live);
  });
}

/** Returns the live release, or the folder that another tool made live. @throws HostoutError `refused` */
function requireLive({ host, site }: OnHost, { served, foreign }: StoreState): string {
  const live = served ?? foreign;
  if (live !== undefined) return live;
  throw new HostoutError({
    code: "refused",
    message: `${host.name}: no release is live, so there is nothing to restart`,
    hint: `Deploy first: hostout ${site.name} deploy`,
    host: host.name,
  });
}
