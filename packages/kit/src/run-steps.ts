import { type Invocations, runCommand, runLayers, type Scope } from "./chain.ts";
import { isPlannedList, type PlannedLayer, type PlannedStep, type Target } from "./plan.ts";
import type { Outcome } from "./plugin.ts";
import {
  combineOutcomes,
  firstFailure,
  interrupted,
  isUnreachable,
  outcomeOf,
  type Result,
  type Results,
  sameForAll,
  stopOthers,
  stopped,
} from "./result.ts";

/** How many hosts a rolling part takes at a time. */
export type Batch = { readonly hosts: number } | { readonly percent: number };

/** Each step over the set, one after the other; the barrier is the `await`. */
export async function runSteps(
  steps: readonly PlannedStep[],
  targets: readonly Target[],
  scope: Scope,
): Promise<Results> {
  const outcomes = new Map<Target, Outcome[]>(targets.map((target) => [target, []]));
  for (const step of steps) {
    if (scope.run.signal.aborted) return sameForAll(targets, interrupted());
    const results = await runStep(step, targets, scope);
    const failure = firstFailure(results);
    if (failure) return stopOthers(results, `'${nameOf(step)}' failed on ${failure.host.name}`);
    for (const [target, result] of results) outcomes.get(target)?.push(outcomeOf(result));
  }
  return new Map(
    [...outcomes].map(([target, own]) => [target, { kind: "done", outcome: combineOutcomes(own) }]),
  );
}

function nameOf(step: PlannedStep): string {
  if (!isPlannedList(step)) return step.name;
  return step.steps.map(nameOf).join(" ");
}

function runStep(step: PlannedStep, targets: readonly Target[], scope: Scope): Promise<Results> {
  if (isPlannedList(step)) {
    return step.rolling ? runRolling(step.steps, targets, scope) : runSteps(step.steps, targets, scope);
  }
  return runCommand(step, new Map(targets.map((target) => [target, step.invocation])), scope);
}

/** Batch by batch: the hosts of the next begin when all steps have succeeded on those of the one before. */
async function runRolling(
  steps: readonly PlannedStep[],
  targets: readonly Target[],
  scope: Scope,
): Promise<Results> {
  const size = batchSize(scope.run.batch, targets.length);
  const results = new Map<Target, Result>();
  for (let start = 0; start < targets.length; start += size) {
    const batch = targets.slice(start, start + size);
    const ran = await runSteps(steps, batch, scope);
    for (const [target, result] of ran) results.set(target, result);
    const failure = firstFailure(ran);
    if (!failure) continue;
    const left = targets.slice(start + size);
    for (const target of left) results.set(target, stopped(`it failed on ${failure.host.name}`));
    break;
  }
  return results;
}

function batchSize(batch: Batch, count: number): number {
  return Math.max(1, "hosts" in batch ? batch.hosts : Math.floor((count * batch.percent) / 100));
}

/** Steps before, after, and where it failed, around the rest of a chain over the set. */
export async function runHooks(
  { hooks }: PlannedLayer,
  rest: readonly PlannedLayer[],
  invocations: Invocations,
  scope: Scope,
): Promise<Results> {
  const targets = [...invocations.keys()];
  const { before = [], after = [], onFailure = [] } = hooks ?? {};
  const prepared = await runSteps(before, targets, scope);
  const results = firstFailure(prepared) ? prepared : await runLayers(rest, invocations, scope);
  const ended = firstFailure(results)
    ? results
    : keepOutcomes(results, await runSteps(after, targets, scope));
  if (!firstFailure(ended)) return ended;
  // Nothing can be done on a host that is not reached. What fails here is told by its own events; the failure stands.
  const reached = targets.filter((target) => {
    const result = ended.get(target)!;
    return result.kind !== "done" && !isUnreachable(result);
  });
  if (reached.length > 0) await runSteps(onFailure, reached, scope);
  return ended;
}

/** What the command came to, where the steps after it succeeded. */
function keepOutcomes(results: Results, after: Results): Results {
  return firstFailure(after) ? after : results;
}
