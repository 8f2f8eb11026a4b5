import type { Target } from "@hostout/kit";
import type { PlannedLayer } from "../plan/plan.ts";
import type { Result } from "./result.ts";
import type { Scope } from "./scope.ts";
import { skipTask } from "./task.ts";

/** Finds the targets on which the resumed run already finished a layer. */
export function doneBefore(
  layer: PlannedLayer,
  targets: Iterable<Target>,
  { run, path, step }: Scope,
): Map<Target, Result> {
  const results = new Map<Target, Result>();
  for (const target of targets) {
    const outcome = run.doneBefore(target, step);
    if (!outcome) continue;
    skipTask(run, { target, path, step, plugin: layer.plugin.name }, "done in the run before", outcome);
    results.set(target, { kind: "done", outcome });
  }
  return results;
}
