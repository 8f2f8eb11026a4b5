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

/** Emits the events of a task that has begun. */
interface TaskEvents {
  readonly output: TaskOutput;
  /** Reports success. `hosts` are the hosts that a task which runs once for its site succeeded for. */
  readonly end: (outcome: Outcome, hosts?: readonly string[]) => void;
  /** Reports a failure. `isStopped`: other tasks failed, and not this one. */
  readonly fail: (error: unknown, isStopped: boolean) => void;
}

export function startTask(run: Run, { target, path, step, plugin }: TaskDescription): TaskEvents {
  const place: TaskPlace = { task: run.newTask(), site: target.site.name, host: target.host?.name };
  const startedMs = run.now();
  const at = () => isoTime(run.now());
  const end = () => {
    const live = target.host && run.memory.liveOf(target);
    const lastSwitch = target.host && run.memory.lastSwitchOf(target);
    const durationMs = run.now() - startedMs;
    return {
      ...({ type: "task.end", ...place, at: at(), path, step, durationMs } as const),
      ...(live !== undefined && { live }),
      ...(lastSwitch !== undefined && { lastSwitch }),
    };
  };
  run.emit({ type: "task.start", ...place, at: at(), path, step, plugin });
  return {
    output: {
      mark: markOf(run.id, place, step),
      line: (stream, machine, line) => {
        // For readers of events, these lines are notes with one more member.
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

/** Emits the events of a task that does not apply here. */
export function skipTask(
  run: Run,
  task: TaskDescription,
  note: string,
  outcome: Partial<Outcome> = {},
): void {
  startTask(run, task).end({ ...outcome, status: "skipped", note });
}

/**
 * Makes the mark of a task. See {@link TaskOutput}. The mark has only letters, digits and dots, so it needs
 * no quoting in a shell.
 */
function markOf(run: string, { site, host }: TaskPlace, step: string): string {
  const place = createHash("sha256")
    .update(JSON.stringify([site, host, step]))
    .digest("hex");
  return `${run}.${place.slice(0, 16)}`;
}

let last: { readonly ms: number; readonly text: string } = { ms: Number.NaN, text: "" };

/** Formats a time as ISO 8601. Keeps the last text, because many lines arrive in the same millisecond. */
function isoTime(ms: number): string {
  if (ms !== last.ms) last = { ms, text: new Date(ms).toISOString() };
  return last.text;
}
