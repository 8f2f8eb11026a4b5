import type { TaskOutput } from "./connections.ts";
import type { TaskPlace } from "./events.ts";
import type { Host } from "./host.ts";
import type { Outcome } from "./plugin.ts";
import { reportError } from "./report-error.ts";
import type { Run } from "./run.ts";
import type { Site } from "./site.ts";

interface TaskDescription {
  readonly target: { readonly site: Site; readonly host?: Host };
  readonly path: readonly string[];
  readonly plugin: string;
}

/** A task that has begun: how it tells what happens. */
interface TaskEvents {
  readonly output: TaskOutput;
  readonly end: (outcome: Outcome) => void;
  readonly fail: (error: unknown) => void;
}

export function startTask(run: Run, { target, path, plugin }: TaskDescription): TaskEvents {
  const place: TaskPlace = { task: run.newTask(), site: target.site.name, host: target.host?.name };
  const startedMs = run.now();
  const at = () => new Date(run.now()).toISOString();
  const end = () =>
    ({ type: "task.end", ...place, at: at(), path, durationMs: run.now() - startedMs }) as const;
  run.emit({ type: "task.start", ...place, at: at(), path, plugin });
  return {
    output: {
      line: (stream, machine, line) =>
        run.emit({ type: "output", ...place, at: at(), stream, machine, line }),
      progress: (doneBytes, totalBytes) =>
        run.emit({ type: "progress", ...place, at: at(), doneBytes, totalBytes }),
    },
    end: ({ status, note }) => run.emit({ ...end(), status, note }),
    fail: (error) => run.emit({ ...end(), status: "failed", error: reportError(error) }),
  };
}

/** Tells of a task that is not to be done here. */
export function skipTask(run: Run, task: TaskDescription, note: string): void {
  startTask(run, task).end({ status: "skipped", note });
}
