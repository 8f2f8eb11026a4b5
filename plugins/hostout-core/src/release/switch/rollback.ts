import { HostoutError, isHostoutError, type Next, type Outcome, reportError } from "@hostout/kit";
import {
  previousRelease,
  proveHeld,
  refuseLost,
  requireStillLive,
  type Store,
  type StoreState,
  siteStore,
  targetCell,
  withLock,
} from "@hostout/releases";
import { activatedValue } from "../values/cells.ts";
import type { OnHost } from "../values/release-options.ts";
import { type Activated, requireRelease, switchNote } from "./activate.ts";
import { mayBeHalted } from "./halted.ts";
import { notStarted, startLive } from "./not-started.ts";
import { requireSameTarget, tellTarget } from "./same-target.ts";

/** Switches to a formerly live release: its code, configuration and pins, as they are in its folder. No build runs. */
export async function rollBack(
  context: OnHost<{ readonly release: string | undefined; readonly anyway: boolean }>,
  next: Next,
): Promise<Outcome> {
  const { args, shared } = context;
  const store = await siteStore(context);
  return withLock(
    context,
    store,
    async () => {
      const state = await store.state();
      const target = requireTarget(context, state, args.release);
      const before = target === state.served ? previousRelease(state) : state.served;
      const value: Activated = { release: target, before };
      const found = state.releases.find(({ name }) => name === target);
      tellTarget(context, { release: target, package: found?.package });
      if (target === state.served && !state.isUnsettled)
        return { status: "unchanged", note: `${target} is live`, value };
      // Resolves when each host has reported its release.
      await next();
      if (!args.anyway) requireSameTarget(context);
      shared.set(targetCell, target);
      try {
        await context.call("go-live");
      } catch (error) {
        if (target !== state.served) await startAgain(context, store, state);
        throw await liveAllTheSame(context, store, target, error);
      } finally {
        shared.delete(targetCell);
      }
      await refuseLost(context, store);
      // A resumed run whose switch was done before goes to no other release, whatever is previous to it now.
      const switched = context.resultOf(activatedValue);
      const done = switched && switched.release !== target ? switched : value;
      await requireStillLive(context, store, done);
      return { status: "ok", note: switchNote(context, done), value: done };
    },
    { makes: false },
  );
}

/** Returns the rollback target. A host without one reports that, so that the others do not roll back without it. */
function requireTarget(context: OnHost, state: StoreState, word: string | undefined): string {
  const { host, site } = context;
  try {
    const target = word === undefined ? releaseBefore(state) : requireRelease(context, state, word);
    if (target !== undefined) return target;
  } catch (error) {
    tellTarget(context, { release: undefined });
    throw error;
  }
  tellTarget(context, { release: undefined });
  throw new HostoutError({
    code: "refused",
    message: `${host.name}: no release to roll back to: ${state.served ? "no other release was live" : "no release is live"}`,
    hint: `'hostout ${site.name} releases' lists the releases.`,
    host: host.name,
  });
}

/** A rollback whose start or check fails has come about: its release is live, and stays. */
async function liveAllTheSame(
  context: OnHost,
  store: Store,
  target: string,
  error: unknown,
): Promise<unknown> {
  const { host, site } = context;
  if (!isHostoutError(error) || context.signal.aborted) return error;
  const { served } = await store.state();
  if (served !== target) return error;
  if (error.code !== "verify-failed") return notStarted(context, error, target);
  return new HostoutError({
    code: "verify-failed",
    message: `${error.message}; ${target} is live now, and stays`,
    hint: `Is the verify line right for that release, too? To return: hostout ${site.name} rollback`,
    origin: error.origin,
    host: host.name,
    cause: error,
  });
}

/** Returns the rollback target. A rollback that was cut off is finished: the next one does not return to the release that it left. */
function releaseBefore(state: StoreState): string | undefined {
  const { releases, goingBackTo } = state;
  return releases.some(({ name }) => name === goingBackTo) ? goingBackTo : previousRelease(state);
}

/** Where the switch did not come about, what was stopped for it is started again. */
export async function startAgain(
  context: OnHost,
  store: Store,
  { served, foreign }: StoreState,
): Promise<void> {
  const { note, warn, signal } = context;
  const before = served ?? foreign;
  if (before === undefined || signal.aborted || context.dryRun || !mayBeHalted(context)) return;
  try {
    const now = await store.state();
    if ((now.served ?? now.foreign) !== before) return;
    await proveHeld(context, store);
    note(`${before} was not replaced`);
    await startLive(context, before);
  } catch (error) {
    const { message, hint } = reportError(error);
    warn(hint === undefined ? message : `${message}; ${hint}`);
  }
}
