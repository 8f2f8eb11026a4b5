import type { Target } from "@hostout/kit";
import type { PlannedLayer } from "../plan/plan.ts";
import type { Result } from "./result.ts";
import type { Scope } from "./scope.ts";
import { skipTask } from "./task.ts";

/**
 * Finds the targets on which the resumed run already finished a layer. Keeps the values of the layers that its
 * `next()` ran.
 */
export function doneBefore(
  layer: PlannedLayer,
  rest: readonly PlannedLayer[],
  targets: Iterable<Target>,
  { run, path, step }: Scope,
): Map<Target, Result> {
  const results = new Map<Target, Result>();
  for (const target of targets) {
    const outcome = run.doneBefore(target, step);
    if (!outcome) continue;
    skipTask(run, { target, path, step, plugin: layer.plugin.name }, "done in the run before", outcome);
    for (const [index, { plugin }] of rest.entries()) {
      const value = run.doneBefore(target, `${step}${"/".repeat(index + 1)}`)?.value;
      if (value !== undefined)
        run.memory.keep(target, { owner: plugin.name, command: path.at(-1) ?? "" }, value);
    }
    results.set(target, { kind: "done", outcome });
  }
  return results;
}
