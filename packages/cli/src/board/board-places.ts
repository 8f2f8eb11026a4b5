import type { Event } from "@hostout/kit";
import { makeLabels } from "../show/labels.ts";
import { type BoardPlace, bytesText } from "./board-rows.ts";

interface Task {
  readonly command: string;
  readonly sinceMs: number;
  readonly bytes?: string | undefined;
  /** A task within it has ended: until the next one begins, it waits for other hosts. */
  readonly waits: boolean;
}

interface Place {
  readonly label: string;
  readonly tasks: Map<number, Task>;
  state: BoardPlace["state"];
}

/** The places of a run and what each does, as its events tell. */
export interface BoardPlaces {
  readonly follow: (event: Event) => void;
  readonly all: () => readonly BoardPlace[];
}

export function makeBoardPlaces(): BoardPlaces {
  const places = new Map<string, Place>();
  let labels = makeLabels([]);
  let last: string | undefined;
  const placeOf = (event: { readonly site: string; readonly host?: string | undefined }) => {
    const label = labels(event);
    const state = event.host === undefined ? undefined : "open";
    const place = places.get(label) ?? { label, tasks: new Map(), state };
    places.set(label, place);
    return place;
  };
  return {
    follow: (event) => {
      if (event.type === "run.start") {
        labels = makeLabels(event.targets);
        last = event.commands.at(-1);
        for (const target of event.targets) placeOf(target);
      } else if (event.type === "run.end") places.clear();
      else if (event.type !== "batch") {
        const place = placeOf(event);
        followTask(place, event);
        if (event.type !== "task.end" || place.state === undefined) return;
        if (event.status === "failed") place.state = "failed";
        else if (event.path.length === 1 && event.path[0] === last && place.state === "open")
          place.state = "done";
      }
    },
    all: () => [...places.values()].map(shown),
  };
}

/** A task may stand within another of its place: the inner one is shown. */
function followTask({ tasks }: Place, event: Extract<Event, { task: number }>): void {
  const task = tasks.get(event.task);
  if (event.type === "task.start")
    tasks.set(event.task, { command: event.path.join(" "), sinceMs: Date.parse(event.at), waits: false });
  else if (event.type === "progress" && task)
    tasks.set(event.task, { ...task, bytes: bytesText(event.doneBytes, event.totalBytes) });
  else if (event.type === "task.end") {
    tasks.delete(event.task);
    const [number, outer] = [...tasks].at(-1) ?? [];
    if (number !== undefined && outer) tasks.set(number, { ...outer, waits: true });
  }
}

function shown({ label, tasks, state }: Place): BoardPlace {
  const inner = [...tasks.values()].at(-1);
  return { label, state, doing: inner?.waits ? undefined : inner };
}
