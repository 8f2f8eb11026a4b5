import { createHash } from "node:crypto";
import {
  type Outcome,
  reportError,
  type Site,
  type Target,
  type TaskOutput,
  type TaskPlace,
} from "@hostout/kit";
import type { Run } from "./run.ts";

interface TaskDescription {
  readonly target: Target | { readonly site: Site; readonly host?: undefined };
  readonly path: readonly string[];
  /** The place in the plan. */
  readonly step: string;
  readonly plugin: string;
}

/** A task that has begun: how it tells what happens. */
interface TaskEvents {
  readonly output: TaskOutput;
  /** `hosts`: those that it was done for, where it ran once for its site. */
  readonly end: (outcome: Outcome, hosts?: readonly string[]) => void;
  /** `isStopped`: it did not fail itself, others did. */
  readonly fail: (error: unknown, isStopped: boolean) => void;
}

export function startTask(run: Run, { target, path, step, plugin }: TaskDescription): TaskEvents {
  const place: TaskPlace = { task: run.newTask(), site: target.site.name, host: target.host?.name };
  const startedMs = run.now();
  const at = () => isoTime(run.now());
  const end = () => {
    const live = target.host && run.memory.liveOf(target);
    const durationMs = run.now() - startedMs;
    return {
      ...({ type: "task.end", ...place, at: at(), path, step, durationMs } as const),
      ...(live !== undefined && { live }),
    };
  };
  run.emit({ type: "task.start", ...place, at: at(), path, step, plugin });
  return {
    output: {
      mark: markOf(run.id, place, step),
      line: (stream, machine, line) => {
        // For a reader of events these are notes with one member more.
        const about =
          stream === "warning" || stream === "detail"
            ? ({ stream: "note", severity: stream } as const)
            : { stream };
        run.emit({ type: "output", ...place, at: at(), ...about, machine, line });
      },
      progress: (doneBytes, totalBytes) =>
        run.emit({ type: "progress", ...place, at: at(), doneBytes, totalBytes }),
    },
    end: ({ status, note, detail, table, value }, hosts) =>
      run.emit({
        ...end(),
        status,
        note,
        ...(detail && { severity: "detail" }),
        ...(table && { table }),
        ...(value !== undefined && { value }),
        ...(hosts && { hosts }),
      }),
    fail: (error, isStopped) =>
      run.emit({
        ...end(),
        status: "failed",
        ...(isStopped && { severity: "detail" }),
        error: reportError(error),
      }),
  };
}

/** Tells of a task that is not to be done here. */
export function skipTask(
  run: Run,
  task: TaskDescription,
  note: string,
  outcome: Partial<Outcome> = {},
): void {
  startTask(run, task).end({ ...outcome, status: "skipped", note });
}

/** See {@link TaskOutput}. Letters, digits and dots, so that a shell leaves it alone. */
function markOf(run: string, { site, host }: TaskPlace, step: string): string {
  const place = createHash("sha256")
    .update(JSON.stringify([site, host, step]))
    .digest("hex");
  return `${run}.${place.slice(0, 16)}`;
}

let last: { readonly ms: number; readonly text: string } = { ms: Number.NaN, text: "" };

/** ISO 8601. Many lines come in the same millisecond. */
function isoTime(ms: number): string {
  if (ms !== last.ms) last = { ms, text: new Date(ms).toISOString() };
  return last.text;
}
