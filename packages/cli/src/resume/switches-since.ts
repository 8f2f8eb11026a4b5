import { readableTime, type Switch } from "@hostout/kit";
import type { RunRecord } from "../journal/read-journal.ts";
import { holdersOf, leftLive } from "./left-live.ts";

/** The clocks of a host and of this machine at one moment, in milliseconds since the epoch. */
export interface Clocks {
  readonly hostMs: number;
  readonly hereMs: number;
}

/** The greatest difference between two clocks, in milliseconds, at which `isBefore` trusts them. */
export const trustMs = 60_000;

/** How many journals `hasSeenAll` reads at most. */
const mostRuns = 50;

/**
 * Returns the switches of a log after the one that a run read last, or all if the log does not have that one. Omits
 * lines without a user: with these the next run completes the log after a kill.
 */
export function switchesSince(log: readonly Switch[], last: Switch | null): readonly Switch[] {
  const from = log.findLastIndex((one) => isSame(one, last)) + 1;
  return log.slice(from).filter(({ who }) => who !== undefined);
}

/**
 * Whether the clocks prove that the last switch of a log is older than a run. They prove nothing where they differ
 * now, or where the log shows that the clock of the host was set back.
 *
 * @param startedMs the start of the run, in milliseconds since the epoch
 */
export function isBefore(log: readonly Switch[], startedMs: number, { hostMs, hereMs }: Clocks): boolean {
  const last = log.at(-1);
  if (!last) return true;
  const lastMs = timeOf(last.at);
  return (
    Math.abs(hostMs - hereMs) <= trustMs &&
    lastMs < startedMs - trustMs &&
    log.every(({ at }) => timeOf(at) <= lastMs + trustMs)
  );
}

/**
 * Whether the last run that looked at a host, and ended before `startedMs`, knows all switches of its log. Then no other
 * run has switched since, and no clock of the host counts.
 *
 * @param runs the newest first
 */
export function hasSeenAll(
  log: readonly Switch[],
  { site, host }: { readonly site: string; readonly host: string },
  runs: Iterable<RunRecord>,
  startedMs: number,
): boolean {
  let count = 0;
  for (const run of runs) {
    if (count++ >= mostRuns) return false;
    const lastEvent = run.events.at(-1);
    if (!lastEvent || !("at" in lastEvent) || Date.parse(lastEvent.at) > startedMs) continue;
    const left = leftLive([run]).find((one) => one.site === site && one.host === host);
    if (left?.lastSwitch === undefined) continue;
    const { lastSwitch } = left;
    const own = holdersOf([run]);
    return (
      (lastSwitch === null || log.some((one) => isSame(one, lastSwitch))) &&
      switchesSince(log, lastSwitch).every(({ who = "" }) => own.has(who))
    );
  }
  return false;
}

const isSame = (one: Switch, other: Switch | null) =>
  one.at === other?.at && one.release === other.release && one.who === other.who;

/** Converts a time of the log, such as `20261120T101500Z`, to milliseconds since the epoch; NaN where it is no time. */
export function timeOf(text: string): number {
  return Date.parse(readableTime(text));
}
