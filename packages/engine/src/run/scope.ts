import type { Invocation, Target } from "@hostout/kit";
import type { PlannedCommand, PlannedLayer } from "../plan/plan.ts";
import type { Results } from "./result.ts";
import type { Run } from "./run.ts";

/** The targets of a command, each with its arguments. Insertion order is the order of the command line. */
export type Invocations = ReadonlyMap<Target, Invocation>;

/**
 * Runs the commands and layers below a task. The scope carries this, because each form of command has a
 * module of its own.
 */
export interface Flow {
  readonly command: (command: PlannedCommand, invocations: Invocations, above: Scope) => Promise<Results>;
  readonly layers: (
    layers: readonly PlannedLayer[],
    invocations: Invocations,
    scope: Scope,
  ) => Promise<Results>;
}

/** A place in a run. */
export interface Scope {
  readonly run: Run;
  readonly flow: Flow;
  /** From the command on the line down. */
  readonly path: readonly string[];
  /** The place in the plan, the same in each run of it: `0.2.1`. */
  readonly step: string;
  /** Whether an interrupt waits for this work. Such work starts even while the run is stopping. */
  readonly isHeld?: boolean;
}

/** Makes the places in the plan below a task: its calls and its `next()`, each with a number of its own. */
export function makePlaces(scope: Scope) {
  let calls = 0;
  let nexts = 0;
  return {
    // A task may call commands in its `finally`, and they run although its host has failed.
    inCall: (name: string): Scope => ({
      ...scope,
      run: { ...scope.run, budget: scope.run.budget.sinceNow() },
      step: `${scope.step}!${name}#${++calls}`,
    }),
    inNext: (): Scope => {
      nexts++;
      return { ...scope, step: `${scope.step}/${nexts > 1 ? `#${nexts}` : ""}` };
    },
  };
}
