import { lockHolder, type Switch } from "@hostout/kit";
import type { RunRecord } from "../journal/read-journal.ts";

/** The live release that runs left on a host. */
export interface LeftLive {
  readonly site: string;
  readonly host: string;
  /** The last release known to be live; null for none; undefined where the runs knew it never. */
  readonly live: string | null | undefined;
  /** Other releases that may be live, because a switch to them was interrupted. */
  readonly perhaps: ReadonlySet<string | null>;
  /** The last switch that the runs read in the log of the host; null for none; undefined where they did not read it. */
  readonly lastSwitch: Switch | null | undefined;
}

/** The commands that switch to another release. Their callers are in the path before them. */
const switching: ReadonlySet<string> = new Set(["activate", "go-back"]);

/** Returns the names of runs in the log of a host. */
export function holdersOf(runs: readonly RunRecord[]): ReadonlySet<string> {
  return new Set(
    runs.flatMap(({ request: { who, process } }) =>
      who === undefined ? [] : [lockHolder(who, process.pid)],
    ),
  );
}

/**
 * Returns the live release of each host after runs that resume each other, the oldest first. Omits hosts
 * without such information.
 */
export function leftLive(runs: readonly RunRecord[]): readonly LeftLive[] {
  const left = new Map<string, LeftLive>();
  const seen = new Map<string, Set<string | null>>();
  const placeOf = (site: string, host: string) => JSON.stringify([site, host]);
  const seenAt = (place: string) => {
    const known = seen.get(place) ?? new Set();
    seen.set(place, known);
    return known;
  };
  const doubt = (place: string) => {
    const known = left.get(place);
    if (known) left.set(place, { ...known, perhaps: seenAt(place) });
  };
  for (const { events } of runs) {
    const open = new Map<number, string>();
    for (const event of events) {
      if (event.type !== "task.start" && event.type !== "task.end") continue;
      if (event.host === undefined) continue;
      const { site, host } = event;
      const place = placeOf(site, host);
      if (event.type === "task.start") {
        if (event.path.some((name) => switching.has(name))) open.set(event.task, place);
        continue;
      }
      open.delete(event.task);
      const made = (event.value as { readonly release?: unknown } | undefined)?.release;
      if (typeof made === "string") seenAt(place).add(made);
      const known = left.get(place);
      const lastSwitch = event.lastSwitch === undefined ? known?.lastSwitch : event.lastSwitch;
      if (event.live === undefined) {
        // A run that lost the lock shows no live release, but has read the log.
        if (lastSwitch !== undefined)
          left.set(place, { live: undefined, perhaps: new Set(), ...known, site, host, lastSwitch });
        doubt(place);
      } else {
        seenAt(place).add(event.live);
        left.set(place, { site, host, live: event.live, perhaps: new Set(), lastSwitch });
      }
    }
    for (const place of open.values()) doubt(place);
  }
  return [...left.values()];
}
