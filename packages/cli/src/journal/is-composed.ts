import { isPlannedList, type Plan, type PlannedStep } from "@hostout/engine";
import { isReadOnly } from "../run/environment.ts";

/** Whether a run of the plan has several steps that change something: `resume` does not do again what is done of them. */
export function isComposed({ groups }: Plan): boolean {
  return groups.some(({ commands }) => commands.reduce((sum, one) => sum + changesOf(one), 0) > 1);
}

function changesOf(step: PlannedStep): number {
  const count = (steps: readonly PlannedStep[]) => steps.reduce((sum, one) => sum + changesOf(one), 0);
  if (isPlannedList(step)) return count(step.steps);
  const composed = step.layers.find(({ form }) => form === "steps");
  if (composed) return count(composed.steps);
  return isReadOnly(step) ? 0 : 1;
}
