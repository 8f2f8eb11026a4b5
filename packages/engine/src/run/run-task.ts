import { blame, type Invocation, isHostoutError, type Next, type Outcome, type Target } from "@hostout/kit";
import { asTask } from "../pace/stray.ts";
import type { PlannedLayer } from "../plan/plan.ts";
import { makeContext } from "./context.ts";
import { failedWith, interrupted, interruptedBy, type Result } from "./result.ts";
import { retriesOf, withRetries } from "./retries.ts";
import type { Scope } from "./scope.ts";
import { startTask } from "./task.ts";

/** Runs one layer's own work on one target, and emits its events. Never throws. */
export async function runTask(
  layer: PlannedLayer,
  task: {
    readonly target: Target;
    readonly invocation: Invocation;
    readonly once: boolean;
    readonly overrides: boolean;
    readonly hosts: readonly Target[];
    /** Returns the targets on which the task succeeded. Known only at its end. */
    readonly doneFor: () => readonly Target[];
  },
  calls: {
    readonly next: Next;
    readonly call: (name: string, invocation?: Invocation, on?: Target) => Promise<Outcome>;
  },
  { run, path, step }: Scope,
): Promise<Result> {
  if (run.signal.aborted) return interrupted(run.signal);
  const { target, once } = task;
  const plugin = layer.plugin.name;
  const events = startTask(run, { target: once ? { site: target.site } : target, path, step, plugin });
  try {
    const context = makeContext({
      layer,
      task: { ...task, path },
      call: calls.call,
      run,
      output: events.output,
    });
    const handler = layer.command.runOnce ?? layer.command.run;
    const work = async () => (await handler?.(context as never, calls.next)) ?? ({ status: "ok" } as const);
    const tell = (line: string) => events.output.line("note", target.host.name, line);
    const outcome = await asTask(target.host.name, () =>
      withRetries(work, { run, tell, retries: retriesOf(layer.command, run) }),
    );
    events.end(outcome, once ? task.doneFor().map(({ host }) => host.name) : undefined);
    return { kind: "done", outcome };
  } catch (error) {
    blame(error, { plugin, command: path });
    // An interrupt may have kept a called command from starting, while other commands run to their end.
    const isStopped = run.stopping.aborted && isHostoutError(error) && error.code === "interrupted";
    const end = isStopped && !run.signal.aborted ? run.stopping : run.signal;
    const result = end.aborted ? interruptedBy(error, end, path.join(" ")) : failedWith(error);
    events.fail(result.kind === "done" ? error : result.error, result.kind === "stopped");
    return result;
  }
}
