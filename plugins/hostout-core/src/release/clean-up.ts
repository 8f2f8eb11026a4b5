import { HostoutError, type Outcome, quote } from "@hostout/kit";
import {
  lockCell,
  type Remaining,
  type Removable,
  removable,
  removeFrom,
  siteStore,
  withLock,
} from "@hostout/releases";
import { endOrphanedBuilds } from "./make/end-orphaned-builds.ts";
import type { OnHost } from "./values/release-options.ts";

/** Removes releases and packages that are not needed any more, each with its reason. */
export async function cleanUp(context: OnHost): Promise<Outcome> {
  const { options, note, detail, warn, dryRun } = context;
  const store = await siteStore(context);
  if (options.keep < 1)
    warn("keep is less than 1; the live release and the rollback target stay all the same");
  // In a deploy what stays is a warning: the release is live.
  const isStep = context.shared.has(lockCell);
  const needless = async () => removable(await store.state(), Math.max(0, options.keep), isStep);
  const seen = await needless();
  if (seen.length === 0) return { status: "unchanged", value: [] };
  return withLock(context, store, async (lock) => {
    // What was seen without the lock may have changed since.
    const gone = dryRun ? seen : await needless();
    for (const { path, reason } of gone)
      if (dryRun) note(`would remove ${store.path}/${path}: ${reason}`);
      else detail(`remove ${store.path}/${path}: ${reason}`);
    if (dryRun) return { status: "ok", note: `would remove ${gone.length}`, value: gone };
    await endOrphanedBuilds(context, store);
    const remaining = await removeFrom(context, store, gone, lock);
    if (remaining.length > 0 && !isStep) throw notRemoved(context, store.path, gone, remaining);
    const removed = gone.filter(
      ({ name, kind }) => !remaining.some((one) => one.name === name && one.kind === kind),
    );
    const more = remaining.length > 0 ? `, ${remaining.length} could not be removed` : "";
    return { status: "ok", note: `${removed.length} removed${more}`, value: removed };
  });
}

function notRemoved(
  { host }: OnHost,
  path: string,
  gone: readonly Removable[],
  remaining: readonly Remaining[],
): HostoutError {
  const first = remaining[0]!;
  return new HostoutError({
    code: "failed",
    message: `${host.name}: ${remaining.length} of ${gone.length} could not be removed: ${first.path}: ${first.why}`,
    hint: `Remove it there as root: rm -rf ${remaining.map((one) => quote(`${path}/${one.path}`)).join(" ")}`,
    host: host.name,
  });
}
