import { HostoutError, isHostoutError, type Outcome, reportError } from "@hostout/kit";
import {
  adoptInPlace,
  findReleases,
  leaveMark,
  madeRelease,
  previousRelease,
  type ReleaseRecord,
  removeOldFailures,
  requirePrepared,
  type Store,
  type StoreState,
  siteStore,
  switchAndWarn,
  targetCell,
  withLock,
} from "@hostout/releases";
import { builtValue, failureCell } from "../values/cells.ts";
import type { OnHost } from "../values/release-options.ts";
import { mayBeHalted } from "./halted.ts";
import { notStarted, startLive } from "./not-started.ts";

/** The release that is live since then, and the one before. */
export interface Activated {
  readonly release: string;
  readonly before: string | undefined;
}

/**
 * Switches to a release. Without a name and a rollback target, the release of this run counts. Else the last prepared release
 * does, else the newest one that was built since and never live.
 */
export async function activate(context: OnHost<{ readonly release: string | undefined }>): Promise<Outcome> {
  const { args, shared, dryRun, note, options } = context;
  const store = await siteStore(context);
  return withLock(
    context,
    store,
    async (lock) => {
      const state = await store.state();
      const named = args.release ?? shared.get(targetCell);
      // A dry run has not made the release that it would serve.
      const made = named === undefined ? madeRelease(context) : undefined;
      const prepared =
        named === undefined && !(dryRun && made) ? requirePrepared(context, state, made) : undefined;
      const release =
        (dryRun && made) || requireRelease(context, state, named ?? made ?? prepared ?? unserved(state));
      const value: Activated = { release, before: state.served };
      if (state.served === release) {
        await leaveMark(context, store, lock);
        return { status: "unchanged", note: `${release} is live`, value };
      }
      if (dryRun) note(`would switch to ${store.folderOf(release)}`);
      else {
        if (state.served === undefined && state.foreign === undefined)
          await adoptInPlace(context, store, options.links, lock, release);
        await switchAndWarn(context, store, release, options.links, lock);
      }
      return { status: "ok", note: switchNote(context, value), value };
    },
    { makes: false },
  );
}

/** Returns the newest release after the live one that was never live and that nobody prepared, else the live release. */
function unserved({ releases, served, log }: StoreState): string | undefined {
  if (served === undefined) return undefined;
  const logged = new Set(log.map(({ release }) => release));
  const built = releases.filter(
    ({ name, result, by }) => result === "built" && by !== "prepare" && name > served && !logged.has(name),
  );
  return built.at(-1)?.name ?? served;
}

/** From what to what it was switched, or in a dry run would be. */
export function switchNote({ dryRun }: OnHost, { release, before = "nothing" }: Activated): string {
  return `${dryRun ? "would switch " : ""}${before} -> ${release}`;
}

/** The complete release of a name; without one, the newest. @throws HostoutError `refused` */
export function requireRelease({ host, site }: OnHost, state: StoreState, word: string | undefined): string {
  const fitting = word === undefined ? state.releases.slice(-1) : findReleases(state, word);
  const [found] = fitting;
  if (found && fitting.length === 1) return found.name;
  if (found) {
    throw new HostoutError({
      code: "refused",
      message: `${host.name}: ${fitting.length} releases fit '${word}': ${fitting.map(({ name }) => name).join(", ")}`,
      hint: "Write more of the name.",
      host: host.name,
    });
  }
  const failed = word !== undefined && findReleases({ releases: state.failed }, word).length > 0;
  throw new HostoutError({
    code: "refused",
    message: failed
      ? `${host.name}: the release ${word} failed, and never becomes live again`
      : `${host.name} has no complete release ${word ?? "yet"}`,
    hint: `'hostout ${site.name} releases' lists them.`,
    host: host.name,
  });
}

/** Returns to the release before the one of this run, which failed. */
export async function goBack(context: OnHost): Promise<Outcome> {
  const { shared, warn, dryRun } = context;
  const failed = madeRelease(context);
  if (failed === undefined) return { status: "skipped", note: "no release was made in this run" };
  if (dryRun) return { status: "skipped", note: "a dry run switches nothing" };
  const store = await siteStore(context);
  return withLock(context, store, async (lock) => {
    // A run that lost its lock stops and starts nothing: the site is another run's.
    await store.prove(lock);
    const state = await store.state();
    if (state.served !== failed) {
      // It was stopped at most: what was served still is.
      const stays = state.served ?? state.foreign ?? "nothing";
      if (mayBeHalted(context)) await startLive(context, stays);
      return { status: "ok", note: `${stays} was not replaced` };
    }
    const reason = shared.get(failureCell);
    const record = {
      ...(state.releases.find(({ name }) => name === failed) ?? unknownRecord(failed)),
      reason,
    };
    const back = previousRelease(state);
    // What failed may only be stopped by its own programs. Whether that goes well or not, what it starts from next is right.
    if (back === undefined || context.resultOf(builtValue))
      await context.call("stop").catch((error: unknown) => warn(reportError(error).message));
    await store.goBack(record, back, lock);
    try {
      const outcome = await startedAgain(context, store, back, reason);
      // `go-live` of the release before has left its own mark.
      if (back === undefined) await store.settle(true, lock);
      return outcome;
    } finally {
      // As long as that takes, the site is not down for it.
      await removeOldFailures(store, failed, lock).catch((error: unknown) =>
        warn(reportError(error).message),
      );
    }
  });
}

/** Starts what is live again, and checks it. */
async function startedAgain(
  context: OnHost,
  store: Store,
  back: string | undefined,
  reason: string | undefined,
): Promise<Outcome> {
  const { shared, note } = context;
  if (back === undefined) return goBackToOthers(context, (await store.state()).foreign);
  note(`${back} is live again`);
  shared.set(targetCell, back);
  try {
    await context.call("go-live");
  } catch (error) {
    throw notStarted(context, failingToo(context, error, back, reason), back);
  } finally {
    shared.delete(targetCell);
  }
  return { status: "ok", note: back };
}

/** The release before is live again, and its check fails: often the check is wrong, and not the release. */
function failingToo({ host, options }: OnHost, error: unknown, back: string, reason = ""): unknown {
  if (!isHostoutError(error) || error.code !== "verify-failed") return error;
  const checkOf = (text: string) => /: verify [\s\S]*?: expected [\s\S]*?, but /.exec(text)?.[0];
  const isSame = checkOf(error.message) !== undefined && checkOf(error.message) === checkOf(reason);
  const found = error.message.replace(`${host.name}: `, "");
  const which = (options.verify?.length ?? 0) === 1 ? "the verify line" : "the failing line of verify";
  return new HostoutError({
    code: "verify-failed",
    message: `${host.name}: rolled back to ${back}; ${isSame ? "the same check fails there too" : `a check fails there too: ${found}`}`,
    hint: `Is ${which} right? The check fails with both releases. ${error.hint ?? ""}`.trim(),
    origin: error.origin,
    host: host.name,
    cause: error,
  });
}

/** Returns to the folder of another tool, if any, where no release of hostout was live before. */
async function goBackToOthers(context: OnHost, foreign: string | undefined): Promise<Outcome> {
  if (foreign === undefined) return { status: "ok", note: "no release was live before, and none is now" };
  context.note(`${foreign}, which another tool put there, is live again`);
  await startLive(context, foreign);
  return { status: "ok", note: foreign };
}

/** Of a release whose record somebody removed by hand. */
function unknownRecord(name: string): ReleaseRecord {
  return { name, result: "failed", by: "", at: "", who: "", from: "" };
}
