/** A place of work: a host, or this machine on behalf of a site. */
export interface BoardPlace {
  readonly label: string;
  /** The present step and its progress; undefined while the place waits, and after its end. */
  readonly doing: { readonly text: string; readonly sinceMs: number } | undefined;
  /** The state of the place; undefined for this machine, which the run does not wait for. */
  readonly state: "open" | "done" | "failed" | undefined;
}

type Kind = "busy" | "waiting" | "done" | "failed" | "idle";

/** The places of a run, sorted by their state at each change. So a drawing reads only the places that it shows. */
export interface BoardPlaces {
  readonly update: (place: BoardPlace) => void;
  /** The number of places of a kind. `idle`: this machine, while it works for no site. */
  readonly count: (kind: Kind) => number;
  /** Returns up to `most` places: working ones, then waiting ones; in the order of the run if they are all. */
  readonly shown: (most: number) => readonly BoardPlace[];
}

/** Creates the places. The order of the run is the order of the first updates. */
export function makeBoardPlaces(): BoardPlaces {
  const kinds = new Map<string, Kind>();
  const order = new Map<string, number>();
  // Places that began earlier come first.
  const busy = new Map<string, BoardPlace>();
  const waiting = new Map<string, BoardPlace>();
  const counts: Record<Kind, number> = { busy: 0, waiting: 0, done: 0, failed: 0, idle: 0 };
  return {
    update: (place) => {
      const { label } = place;
      const [before, now] = [kinds.get(label), kindOf(place)];
      if (before) counts[before]--;
      else order.set(label, order.size);
      counts[now]++;
      kinds.set(label, now);
      if (now !== "busy") busy.delete(label);
      if (now !== "waiting") waiting.delete(label);
      if (now === "busy") busy.set(label, place);
      if (now === "waiting") waiting.set(label, place);
    },
    count: (kind) => counts[kind],
    shown: (most) => {
      const shown: BoardPlace[] = [];
      for (const places of [busy, waiting])
        for (const place of places.values()) {
          if (shown.length === most) return shown;
          shown.push(place);
        }
      return shown.sort((one, other) => order.get(one.label)! - order.get(other.label)!);
    },
  };
}

function kindOf({ doing, state }: BoardPlace): Kind {
  if (doing !== undefined) return "busy";
  return state === "open" ? "waiting" : (state ?? "idle");
}
