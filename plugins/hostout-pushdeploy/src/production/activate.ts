import { HostoutError, type Next, type Outcome } from "@hostout/kit";
import {
  madeCell,
  removable,
  removeFrom,
  type StoreState,
  siteStore,
  switchAndWarn,
  targetCell,
} from "@hostout/releases";
import type { OnHost } from "../options.ts";
import { isDeploying, withDeployLock } from "./deploy-lock.ts";
import { recordOf, type Sent, sentValue } from "./send.ts";

type Context = OnHost<{ readonly release: string | undefined }>;

/**
 * Switches to the release that `send` made in this run. The command below handles a release that is named or
 * rolled back to.
 */
export async function activate(context: Context, next: Next): Promise<Outcome> {
  const { args, resultOf, shared } = context;
  const sent = resultOf(sentValue);
  if (sent === undefined || args.release !== undefined || shared.has(targetCell)) return next();
  if (sent.release === undefined) return { status: "skipped", note: "no release was made in this run" };
  return switchTo(context, sent.release, sent);
}

/**
 * Passes the release that `send` made to the rollback of the command below. A resumed run needs it too,
 * although it did not send the release.
 */
export async function goBack(context: OnHost, next: Next): Promise<Outcome> {
  const release = context.resultOf(sentValue)?.release;
  if (release !== undefined) context.shared.set(madeCell, release);
  return next();
}

async function switchTo(context: Context, release: string, { before, links }: Sent): Promise<Outcome> {
  const { dryRun, detail, note, options } = context;
  const value = { release, before };
  const store = await siteStore(context);
  return withDeployLock(context, store, async (lock) => {
    const state = await store.state();
    if (state.served === release) return { status: "unchanged", note: `${release} is live`, value };
    if (!dryRun) requireSwitchable(context, state, release, before);
    if (dryRun) {
      note(`would switch to ${store.folderOf(release)}`);
      const releases = [...state.releases, recordOf(context, release)];
      const then = { ...state, releases, served: release, log: [...state.log, { at: "", release }] };
      for (const { path, reason } of removable(then, options.keep))
        note(`would remove ${store.path}/${path}: ${reason}`);
      return { status: "ok", note: `would switch ${before ?? "nothing"} -> ${release}`, value };
    }
    // The mark stays until the deploy has restarted the site. A push alone does not restart it.
    const mark = isDeploying(context) ? { goingBackTo: undefined } : undefined;
    await switchAndWarn(context, store, release, links, lock, mark);
    const gone = removable(await store.state(), options.keep);
    for (const one of gone) detail(`remove ${store.path}/${one.path}: ${one.reason}`);
    await removeFrom(context, store, gone, lock);
    return { status: "ok", note: `${before ?? "nothing"} -> ${release}`, value };
  });
}

/**
 * Refuses a switch if the host is no longer as `send` left it. Before a resumed run, another run or an
 * automatic rollback may have changed the host.
 *
 * @throws HostoutError `refused`
 */
function requireSwitchable(
  { host, site }: Context,
  { releases, failed, served = "nothing" }: StoreState,
  release: string,
  before = "nothing",
): void {
  const isFailed = failed.some(({ name }) => name === release);
  const isThere = releases.some(({ name }) => name === release);
  if (isThere && served === before) return;
  const why = isFailed
    ? `the release ${release} failed and was rolled back`
    : isThere
      ? `the release ${release} was made beside ${before}, which is not live any more`
      : `the release ${release} was removed`;
  throw new HostoutError({
    code: "refused",
    message: `${host.name}: ${why}; ${served} stays live`,
    hint: `Push again: hostout ${site.name} push`,
    host: host.name,
  });
}
