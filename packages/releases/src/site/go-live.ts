import { cell, type HostContext, type Next, type Outcome } from "@hostout/kit";
import type { ReleaseRecord } from "../state/release-record.ts";
import type { RenewableLock as Lock } from "../store/lock.ts";
import { siteStore, targetCell, withLock } from "../store/site-store.ts";
import type { Store, SwitchMark } from "../store/store.ts";

/** The mark that the switch leaves, as no command before it changes the site. */
const markCell = cell<SwitchMark>("@hostout/releases/mark");

/** The record of the release that passed its checks. Undefined until then. */
const passedCell = cell<{ record?: ReleaseRecord }>("@hostout/releases/passed");

/**
 * Leaves a mark on the host while the site is stopped, switched and started. If this run is killed meanwhile, the next
 * deploy does not assume that the live release also runs.
 *
 * @param stopsNothing whether the switch is the first change. The switch then leaves the mark, in the same command.
 */
export async function goLive(
  context: HostContext,
  next: Next,
  { stopsNothing = false }: { readonly stopsNothing?: boolean } = {},
): Promise<Outcome> {
  if (context.dryRun) return next();
  const { shared } = context;
  const store = await siteStore(context);
  return withLock(
    context,
    store,
    async (lock) => {
      const goingBackTo = shared.get(targetCell);
      if (stopsNothing) shared.set(markCell, { goingBackTo });
      else await store.settle(false, lock, goingBackTo);
      const passed: { record?: ReleaseRecord } = {};
      shared.set(passedCell, passed);
      const outcome = await next()
        .catch(async (error: unknown) => {
          // The work failed, but was not cut off: the next rollback means the release that was live before.
          if (goingBackTo !== undefined) await store.settle(false, lock).catch(() => undefined);
          throw error;
        })
        .finally(() => {
          shared.delete(markCell);
          shared.delete(passedCell);
        });
      if (passed.record) await store.accept(passed.record, lock);
      else await store.settle(true, lock);
      return outcome;
    },
    { makes: false },
  );
}

/** Takes the mark that is still to be left, for the switch. */
export function takeMark({ shared }: Pick<HostContext, "shared">): SwitchMark | undefined {
  const mark = shared.get(markCell);
  shared.delete(markCell);
  return mark;
}

/** Leaves the mark that is still to be left, as no switch follows. */
export async function leaveMark(
  context: Pick<HostContext, "shared">,
  store: Store,
  lock: Lock,
): Promise<void> {
  const mark = takeMark(context);
  if (mark) await store.settle(false, lock, mark.goingBackTo);
}

/** Records that the live release passed its checks: at once, or within {@link goLive} at its end. */
export async function recordPassed(
  { shared }: Pick<HostContext, "shared">,
  store: Store,
  record: ReleaseRecord,
  lock: Lock,
): Promise<void> {
  const passed = shared.get(passedCell);
  if (passed) passed.record = { ...record, result: "ok" };
  else await store.record({ ...record, result: "ok" }, lock);
}
