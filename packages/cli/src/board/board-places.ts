import type { Event } from "@hostout/kit";
import { makeLabels } from "../show/labels.ts";
import { type BoardPlace, bytesText } from "./board-rows.ts";

interface Task {
  readonly command: string;
  readonly sinceMs: number;
  readonly bytes?: string | undefined;
  /** Whether the last task inside has ended. Until the next one starts, the place waits for other hosts. */
  readonly waits: boolean;
}

interface Place {
  readonly label: string;
  readonly tasks: Map<number, Task>;
  state: BoardPlace["state"];
}

/** The places of a run and their present tasks, from the events of the run. */
export interface BoardPlaces {
  readonly follow: (event: Event) => void;
  readonly all: () => readonly BoardPlace[];
}

/** Creates the places of a run, at first none. They follow the events. */
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

/** Follows a task. A task may run inside another of its place: the board shows the inner one. */
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
