import type { RunRecord } from "./read-journal.ts";

/** What runs left live on a host. */
export interface LeftLive {
  readonly site: string;
  readonly host: string;
  /** The release that they knew to be live last; null: none. */
  readonly live: string | null;
  /** Others that may be live because of them: where they were cut off in a switch. */
  readonly perhaps: ReadonlySet<string | null>;
}

/** Commands that switch to another release; what calls them is in the path before them. */
const switching: ReadonlySet<string> = new Set(["activate", "go-back"]);

/** What runs that go on with each other, the oldest first, left live on each host. Hosts on which they did not look are left out. */
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
      if (event.live === undefined) doubt(place);
      else {
        seenAt(place).add(event.live);
        left.set(place, { site, host, live: event.live, perhaps: new Set() });
      }
    }
    for (const place of open.values()) doubt(place);
  }
  return [...left.values()];
}
