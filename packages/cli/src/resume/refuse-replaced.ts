import { type Connections, HostoutError, readableTime, type Switch, type Target } from "@hostout/kit";
import type { RunRecord } from "../journal/read-journal.ts";
import type { LeftLive } from "./left-live.ts";
import { type LiveThere, lookAtLive } from "./live-there.ts";
import { hasSeenAll, isBefore, switchesSince, trustMs } from "./switches-since.ts";

/** The knowledge about runs that resume each other. */
export interface KnownOfRuns {
  /** The name of the last run. */
  readonly run: string;
  /** The start of the first run, in milliseconds since the epoch; NaN where it is not known. */
  readonly startedMs: number;
  /** The names of these runs in the log of a host. */
  readonly holders: ReadonlySet<string>;
  readonly left: readonly LeftLive[];
  /** Whether the runs switch releases, also on hosts at which they have not looked. */
  readonly isSwitching: boolean;
  /** Reads the runs that started before the first one, the newest first. */
  readonly earlier: () => Iterable<RunRecord>;
}

/**
 * Checks on each host that no other run has switched since the runs last looked there, or since they started
 * where they never looked. Otherwise a resumed run would replace a newer release with an older one, and would
 * count steps of another release as done.
 *
 * @throws HostoutError `refused` with the user and time of the other switch; an unreachable host is left to the
 * run
 */
export async function refuseReplaced(
  connections: Connections,
  targets: readonly Target[],
  known: KnownOfRuns,
): Promise<void> {
  const found = await Promise.all(
    targets.map(async (target) => {
      const left = known.left.find(
        ({ site, host }) => site === target.site.name && host === target.host.name,
      );
      if (!left && !known.isSwitching) return [];
      const there = await lookAtLive(connections, target);
      if (!there) return [];
      const why = left ? replaced(left, there, known) : deployedSince(target, there, known);
      return why === undefined ? [] : [`${target.host.name}: ${why}`];
    }),
  );
  const lines = found.flat();
  if (lines.length === 0) return;
  const sites = [...new Set(targets.map(({ site }) => site.name))].join(" ");
  throw new HostoutError({
    code: "refused",
    message: `the run ${known.run} cannot be resumed: another run changed these hosts:\n  ${lines.join("\n  ")}`,
    hint: `Nothing was changed. Deploy anew: hostout ${sites} deploy`,
  });
}

/** Describes the switch of another run since the runs last looked at the host; undefined for none. */
function replaced(
  { live, perhaps, lastSwitch }: LeftLive,
  { names, log }: LiveThere,
  { holders }: KnownOfRuns,
): string | undefined {
  const since = lastSwitch === undefined ? [] : switchesSince(log, lastSwitch);
  const others = since.filter(({ who = "" }) => !holders.has(who));
  const own = since.filter(({ who = "" }) => holders.has(who)).map(({ release }) => release);
  const isExpected = live === undefined || [live, ...perhaps, ...own].some((one) => names.includes(one));
  if (others.length === 0 && isExpected) return undefined;
  const leftThere = (live === undefined ? lastSwitch?.release : live) ?? "no release";
  const text = `${liveNow(names, log)}; after the interrupted run it was ${leftThere}`;
  const last = others.at(-1);
  // The text already names the user of the switch to the live release.
  if (!last || last === log.at(-1)) return text;
  return `${text}; since then ${last.who} has switched to ${last.release} at ${readableTime(last.at)}`;
}

/** Describes the switch of another run on a host at which the runs never looked, if it may be newer than they are. */
function deployedSince(
  { site, host }: Target,
  { names, log, clocks }: LiveThere,
  { startedMs, holders, earlier }: KnownOfRuns,
): string | undefined {
  const last = log.at(-1);
  if (!last || holders.has(last.who ?? "") || isBefore(log, startedMs, clocks)) return undefined;
  if (hasSeenAll(log, { site: site.name, host: host.name }, earlier(), startedMs)) return undefined;
  const began = Number.isNaN(startedMs) ? "" : ` and began at ${readableMs(startedMs)}`;
  const apartMs = Math.abs(clocks.hostMs - clocks.hereMs);
  const clock =
    apartMs > trustMs
      ? `; the clocks of the host and this machine differ by ${Math.round(apartMs / 1000)} s`
      : "";
  return `${liveNow(names, log)}; the run has not looked at this host${began}${clock}`;
}

function liveNow(names: readonly (string | null)[], log: readonly Switch[]): string {
  const last = log.at(-1);
  // A switch by hand is not in the log.
  const isLogged = last !== undefined && names.includes(last.release);
  const who = isLogged && last.who !== undefined ? ` by ${last.who}` : "";
  return `${names[0] ?? "no release"} is live${isLogged ? `, since ${readableTime(last.at)}${who}` : ""}`;
}

const readableMs = (ms: number) => new Date(ms).toISOString().replace(/\.\d+/, "");
