import { type Plan, type PlannedCommand, type PlannedLayer, walk } from "@hostout/engine";

/** Checks that no command of a plan changes its hosts. */
export function isReadOnlyPlan({ groups }: Plan): boolean {
  return groups.every(({ commands }) => commands.every(isReadOnly));
}

/**
 * Checks that a command changes nothing: each of its layers is declared read-only, or consists of read-only
 * steps.
 */
export function isReadOnly(command: PlannedCommand): boolean {
  const enters = (layer: PlannedLayer) => layer.command.readOnly !== true || layer.form === "hooks";
  const roles = ["before", "step", "after", "failure"] as const;
  for (const { layer } of walk([command], { roles, enters })) {
    if (!layer || layer.form === "hooks" || layer.command.readOnly === true) continue;
    if (layer.form !== "steps" || layer.steps.length === 0) return false;
  }
  return true;
}
