import type { Event } from "@hostout/kit";
import type { ListrTask, ListrTaskWrapper } from "listr2";
import { makeLabels } from "../show/labels.ts";
import { bytesText } from "./board-rows.ts";

type Start = Extract<Event, { type: "run.start" }>;
type Wrapper = ListrTaskWrapper<unknown, never, never>;

/** A step that runs on a place. */
interface Step {
  readonly command: string;
  readonly sinceMs: number;
  readonly bytes?: string | undefined;
  /** Whether the last step inside has ended. Until the next one starts, the place waits for other hosts. */
  readonly waits: boolean;
}

/** The hosts of a run as tasks of listr2, which the events of the run drive. */
export interface HostTasks {
  /**
   * A task for each host, and one for this machine on behalf of each site. A host's task ends with the last command of the
   * run, or fails with its first failure. Its output is the present step, empty while the host waits.
   */
  readonly tasks: readonly ListrTask[];
  readonly follow: (event: Event) => void;
  /** Ends all tasks, also of a run that did not report its end. */
  readonly close: () => void;
  /** Time in milliseconds since the epoch at which the present step of a task began. */
  readonly sinceMs: (title: string) => number;
  /** Whether a task is that of a host. The run does not wait for this machine. */
  readonly isHost: (title: string) => boolean;
}

export function makeHostTasks({ targets, commands }: Start): HostTasks {
  const labels = makeLabels(targets);
  const last = commands.at(-1);
  const places = new Map<string, ReturnType<typeof makePlace>>();
  const sites = new Set(targets.map(({ site }) => site));
  for (const target of [...targets, ...[...sites].map((site) => ({ site, host: undefined }))])
    places.set(labels(target), makePlace(labels(target), target.host !== undefined));
  const close = () => {
    for (const place of places.values()) place.end();
  };
  return {
    close,
    tasks: [...places.values()].map(({ task }) => task),
    sinceMs: (title) => places.get(title)?.present()?.sinceMs ?? 0,
    isHost: (title) => places.get(title)?.isHost === true,
    follow: (event) => {
      if (event.type === "run.end") close();
      if (event.type === "run.start" || event.type === "run.end" || event.type === "batch") return;
      const place = places.get(labels(event));
      place?.follow(event);
      if (event.type !== "task.end") return;
      if (event.status === "failed") place?.end(new Error(event.error?.message));
      else if (event.path.length === 1 && event.path[0] === last) place?.end();
    },
  };
}

/** Makes the task of one place. */
function makePlace(title: string, isHost: boolean) {
  const steps = new Map<number, Step>();
  const ended = Promise.withResolvers<void>();
  // A host may fail before listr2 has started its task.
  ended.promise.catch(() => undefined);
  let wrapper: Wrapper | undefined;
  const present = () => {
    const inner = [...steps.values()].at(-1);
    return inner?.waits ? undefined : inner;
  };
  const show = () => {
    const step = present();
    if (wrapper) wrapper.output = step ? `${step.command}${step.bytes ? ` ${step.bytes}` : ""}` : "";
  };
  const task: ListrTask = {
    title,
    task: (_context, started) => {
      wrapper = started as unknown as Wrapper;
      show();
      return ended.promise;
    },
  };
  return {
    ...{ task, isHost, present },
    end: (error?: Error) => (error ? ended.reject(error) : ended.resolve()),
    follow: (event: Extract<Event, { task: number }>) => {
      followStep(steps, event);
      show();
    },
  };
}

/** Follows a step. A step may run inside another of its place: the board shows the inner one. */
function followStep(steps: Map<number, Step>, event: Extract<Event, { task: number }>): void {
  const step = steps.get(event.task);
  if (event.type === "task.start")
    steps.set(event.task, { command: event.path.join(" "), sinceMs: Date.parse(event.at), waits: false });
  else if (event.type === "progress" && step)
    steps.set(event.task, { ...step, bytes: bytesText(event.doneBytes, event.totalBytes) });
  else if (event.type === "task.end") {
    steps.delete(event.task);
    const [number, outer] = [...steps].at(-1) ?? [];
    if (number !== undefined && outer) steps.set(number, { ...outer, waits: true });
  }
}
