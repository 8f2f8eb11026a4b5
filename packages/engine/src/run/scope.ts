import type { Invocation, Target } from "@hostout/kit";
import type { PlannedCommand, PlannedLayer } from "../plan/plan.ts";
import type { Results } from "./result.ts";
import type { Run } from "./run.ts";

/** Who a command runs over, and with what. Insertion order is the order of the command line. */
export type Invocations = ReadonlyMap<Target, Invocation>;

/** How a task carries out what is below it: given with the scope, as each kind of command is carried out by a module of its own. */
export interface Flow {
  readonly command: (command: PlannedCommand, invocations: Invocations, above: Scope) => Promise<Results>;
  readonly layers: (
    layers: readonly PlannedLayer[],
    invocations: Invocations,
    scope: Scope,
  ) => Promise<Results>;
}

/** Where in a run something happens. */
export interface Scope {
  readonly run: Run;
  readonly flow: Flow;
  /** From the command on the line down. */
  readonly path: readonly string[];
  /** The place in the plan, the same in each run of it: `0.2.1`. */
  readonly step: string;
  /** It belongs to what an interrupt waits for, and begins although the run is stopping. */
  readonly isHeld?: boolean;
}

/** Places in the plan below a task: what it calls, and what its next() leads to, each with a number of its own. */
export function makePlaces(scope: Scope) {
  let calls = 0;
  let nexts = 0;
  return {
    // What a task calls in its `finally` is done although its host has failed.
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
