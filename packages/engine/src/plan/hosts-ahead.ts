import type { Target } from "@hostout/kit";
import { isPlannedList, type PlanGroup, type PlannedStep } from "./plan.ts";

/**
 * The hosts that a group comes to after work on this machine: a session with them can be opened meanwhile. None where the
 * work begins on the hosts, or never comes to them.
 */
export function hostsAhead({ commands, targets }: PlanGroup): readonly Target[] {
  const [first, ...later] = commands.flatMap(placesOf);
  return first === "here" && later.includes("host") ? targets : [];
}

/** Where the work of a step is done, in its order. */
function placesOf(step: PlannedStep): readonly ("here" | "host")[] {
  if (isPlannedList(step)) return step.steps.flatMap(placesOf);
  return step.layers.flatMap(({ form, steps, hooks }) => {
    if (hooks) return hooks.before.flatMap(placesOf);
    if (form === "steps") return steps.flatMap(placesOf);
    return [form === "runOnce" ? ("here" as const) : ("host" as const)];
  });
}
