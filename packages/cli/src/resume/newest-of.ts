import { HostoutError } from "@hostout/kit";
import { type RunRecord, runsOf } from "../journal/read-journal.ts";

/** The commands that people type between two runs. Nobody wants to resume them, whatever their result. */
const ofMoment: ReadonlySet<string> = new Set(["run", "sudo", "shell", "unlock"]);

/** The commands that replace an earlier deploy. After them, nobody wants to resume that deploy. */
const ofRelease: ReadonlySet<string> = new Set(["rollback", "activate", "push"]);

/** The commands about releases: each of them replaces an earlier one. */
const aboutReleases: ReadonlySet<string> = new Set([...ofRelease, "deploy", "rollout"]);

/** The exit code of a run that could not start because of the lock of another. */
const exitOfLocked = 5;

/**
 * Returns the newest run with work left. If no run has any, returns the newest run that is finished or concerns
 * releases, else the newest run that changed something.
 *
 * @throws HostoutError `usage` without such a run
 */
export function newestOf(config: string): RunRecord {
  const newer: RunRecord[] = [];
  let finished: RunRecord | undefined;
  let changed: RunRecord | undefined;
  for (const run of runsOf(config)) {
    if (isBetween(run)) {
      if (!run.request.isReadOnly && run.request.commands.some(({ name }) => name !== "unlock"))
        changed ??= run;
    } else {
      if (run.end?.exitCode !== 0 && !newer.some((one) => replaces(one, run))) return run;
      finished ??= run;
    }
    newer.push(run);
  }
  const newest = finished ?? changed;
  if (newest) return newest;
  throw new HostoutError({
    code: "usage",
    message: `there is no run of ${config} to resume`,
    hint: "Runs are kept in .hostout/runs beside the configuration.",
  });
}

/**
 * Checks whether a run only came between others. Such a run was read-only, made a single change successfully,
 * or found the lock held.
 */
function isBetween({ request: { commands, isReadOnly, isComposed }, end }: RunRecord): boolean {
  if (isReadOnly || commands.every(({ name }) => ofMoment.has(name))) return true;
  const isOver = end?.exitCode === 0 || end?.exitCode === exitOfLocked;
  return isComposed === false && isOver && !commands.some(({ name }) => ofRelease.has(name));
}

/**
 * Checks whether a newer run leaves no work of an older one. Such a run resumed the older one, or did the same on
 * all its hosts, or made another release live there.
 */
function replaces({ request, end }: RunRecord, { request: older }: RunRecord): boolean {
  if (request.first === older.first) return true;
  if (end?.exitCode !== 0) return false;
  const names = request.commands.map(({ name }) => name);
  const hasReleased = names.some((name) => aboutReleases.has(name));
  const hasDone = ({ name }: { readonly name: string }) =>
    names.includes(name) || (hasReleased && aboutReleases.has(name));
  return (
    older.commands.every(hasDone) &&
    older.targets.every((target) =>
      request.targets.some(
        ({ site, host, port }) => site === target.site && host === target.host && port === target.port,
      ),
    )
  );
}
