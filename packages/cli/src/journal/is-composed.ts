import { type Plan, type PlannedCommand, type PlannedLayer, walk } from "@hostout/engine";
import { isReadOnly } from "../run/environment.ts";

/** Whether a run of the plan has several steps that change something: `resume` does not do again what is done of them. */
export function isComposed({ groups }: Plan): boolean {
  return groups.some(({ commands }) => commands.reduce((sum, one) => sum + changesOf(one), 0) > 1);
}

/** The outermost composition of a command decides what runs: it calls none below. */
function changesOf(command: PlannedCommand): number {
  const leaves = new Set<PlannedCommand>();
  const isOutermost = (layer: PlannedLayer, { layers }: PlannedCommand) =>
    layer.form === "steps" && layers.find(({ form }) => form === "steps") === layer;
  for (const visit of walk([command], { roles: ["step"], enters: isOutermost }))
    if (visit.layer && !visit.command.layers.some(({ form }) => form === "steps")) leaves.add(visit.command);
  return [...leaves].filter((leaf) => !isReadOnly(leaf)).length;
}
