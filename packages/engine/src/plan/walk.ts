import type { Site } from "@hostout/kit";
import { isWanted } from "./is-wanted.ts";
import type { PlannedCommand, PlannedLayer, PlannedList, PlannedStep } from "./plan.ts";

/** The purpose of a list of steps. `undo` and `failure` run only after a failure. */
export type StepRole = "before" | "step" | "after" | "undo" | "failure";

/** One stop of a walk: a list of steps, or one plugin's layer of a command. */
export type Visit =
  | { readonly list: PlannedList; readonly layer?: undefined }
  | { readonly list?: undefined; readonly command: PlannedCommand; readonly layer: PlannedLayer };

export interface WalkSettings {
  /** Keeps only the lists of these roles. Default all roles. */
  readonly roles?: readonly StepRole[];
  /** Leaves out the commands that this site skips (`when`). Default: keeps every command. */
  readonly site?: Site | undefined;
  /** Whether the walk continues into the steps of a layer. Default always. */
  readonly enters?: (layer: PlannedLayer, command: PlannedCommand) => boolean;
}

/**
 * Visits every list and layer of a plan in the order of a run, a layer before its steps. This is the only
 * recursion over plans that answers questions.
 */
export function* walk(steps: Iterable<PlannedStep>, settings: WalkSettings = {}): Generator<Visit> {
  const { roles, site, enters = () => true } = settings;
  const below = (role: StepRole, list: readonly PlannedStep[] = []) =>
    !roles || roles.includes(role) ? walk(list, settings) : [];
  for (const step of steps) {
    if (!("layers" in step)) {
      yield { list: step };
      yield* below("step", step.steps);
      yield* below("undo", step.undo);
      continue;
    }
    if (site && !isWanted(step, site)) continue;
    for (const layer of step.layers) {
      yield { command: step, layer };
      if (!enters(layer, step)) continue;
      yield* below("before", layer.hooks?.before);
      yield* below("step", layer.steps);
    }
    for (const { hooks } of step.layers.toReversed()) {
      yield* below("after", hooks?.after);
      yield* below("failure", hooks?.onFailure);
    }
  }
}
