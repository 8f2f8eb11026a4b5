import { type Plan, type PlannedCommand, type PlannedLayer, walk } from "@hostout/engine";
import { isReadOnly } from "./is-read-only.ts";

/**
 * Checks whether a run of the plan has several steps that change something. `resume` skips those of them that
 * are done.
 */
export function isComposed({ groups }: Plan): boolean {
  return groups.some(({ commands }) => commands.reduce((sum, one) => sum + changesOf(one), 0) > 1);
}

/** Counts the changing steps of a command. The outermost composition decides, because it calls no layer below. */
function changesOf(command: PlannedCommand): number {
  const leaves = new Set<PlannedCommand>();
  const isOutermost = (layer: PlannedLayer, { layers }: PlannedCommand) =>
    layer.form === "steps" && layers.find(({ form }) => form === "steps") === layer;
  for (const visit of walk([command], { roles: ["step"], enters: isOutermost }))
    if (visit.layer && !visit.command.layers.some(({ form }) => form === "steps")) leaves.add(visit.command);
  return [...leaves].filter((leaf) => !isReadOnly(leaf)).length;
}
