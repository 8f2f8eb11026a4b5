import { type Outcome, reportError, type Target } from "@hostout/kit";
import type { Budget } from "../pace/budget.ts";
import { countOfPart } from "../pace/part-of-hosts.ts";
import { isPlannedList, type PlannedLayer, type PlannedList, type PlannedStep } from "../plan/plan.ts";
import {
  combineOutcomes,
  firstFailure,
  howItWentBack,
  interrupted,
  interruptedAfter,
  isUnreachable,
  type Result,
  type Results,
  sameForAll,
  stopped,
  survivorsOf,
  withWayBack,
} from "./result.ts";
import type { Rolling, Run } from "./run.ts";
import type { Invocations, Scope } from "./scope.ts";

/**
 * Runs each step over the set, one after the other. The `await` is the barrier. A failed host leaves the set.
 * Once the failure budget is spent, no host continues.
 */
export async function runSteps(
  steps: readonly PlannedStep[],
  targets: readonly Target[],
  scope: Scope,
): Promise<Results> {
  const { run } = scope;
  const left = new Map<Target, Result>();
  const outcomes = new Map<Target, Outcome[]>(targets.map((target) => [target, []]));
  const stopRest = (why: Result): Results => new Map([...sameForAll(targets, why), ...left]);
  let set = targets;
  for (const [index, step] of steps.entries()) {
    if (set.length === 0) break;
    if (run.signal.aborted) {
      const last = steps[index - 1];
      if (!last) return stopRest(interrupted(run.signal));
      return stopRest(interruptedAfter(run.signal, [...scope.path, nameOf(last)].join(" ")));
    }
    if (index > 0 && run.budget.isSpent()) return stopRest(stopped(run.budget.explain()));
    const results = await runStep(step, set, { ...scope, step: `${scope.step}.${index}` });
    for (const [target, result] of results) {
      if (result.kind === "done") outcomes.get(target)?.push(result.outcome);
      else left.set(target, result);
    }
    const failure = firstFailure(results);
    if (failure && run.budget.isSpent())
      return stopRest(stopped(`'${nameOf(step)}' failed on ${failure.host.name}`));
    set = survivorsOf(results);
  }
  return new Map(
    targets.map((target) => [
      target,
      left.get(target) ?? { kind: "done", outcome: combineOutcomes(outcomes.get(target)!) },
    ]),
  );
}

function nameOf(step: PlannedStep): string {
  if (!isPlannedList(step)) return step.name;
  return step.steps.map(nameOf).join(" ");
}

function runStep(step: PlannedStep, targets: readonly Target[], scope: Scope): Promise<Results> {
  if (isPlannedList(step)) {
    if (step.rolling || step.undo.length > 0) return runBatches(step, targets, scope);
    const work = (within: Scope) => runSteps(step.steps, targets, within);
    return step.whole ? withHold(scope, work) : work(scope);
  }
  return scope.flow.command(step, new Map(targets.map((target) => [target, step.invocation])), scope);
}

/** Does `work`, and makes an interrupt wait for its end. */
export async function withHold<T>(scope: Scope, work: (held: Scope) => Promise<T>): Promise<T> {
  const release = scope.run.hold();
  try {
    return await work({ ...scope, isHeld: true });
  } finally {
    release();
  }
}

/**
 * Runs the list batch by batch (one batch if not rolling). A batch starts only while failures stay within the
 * budget. A failed host rolls back. Once the budget is spent, every started host does.
 */
async function runBatches(list: PlannedList, targets: readonly Target[], scope: Scope): Promise<Results> {
  const { run } = scope;
  const { pauseMs } = run.rolling;
  const goesBack = run.rolling.undo && list.undo.length > 0;
  const ran = new Map<Target, Result>();
  let why: Result | undefined;
  const batches = list.rolling ? batchesOf(targets, run.rolling) : [targets];
  for (const [index, batch] of batches.entries()) {
    if (ran.size > 0 && pauseMs > 0 && !run.dryRun && !whyToStop(run, ran)) await run.wait(pauseMs);
    why = whyToStop(run, ran);
    if (why) break;
    if (batches.length > 1) announce(run, batch, index, batches.length);
    await withHold(scope, async (held) => {
      const results = await runSteps(list.steps, batch, held);
      for (const [target, result] of results) ran.set(target, result);
      const failed = batch.filter((target) => results.get(target)?.kind === "failed");
      if (!goesBack || run.budget.isSpent()) return;
      for (const [target, back] of await undoRolling(list, failed, results, held))
        ran.set(target, withWayBack(ran.get(target)!, back));
    });
  }
  const results = why ? new Map([...sameForAll(targets, why), ...ran]) : ran;
  if (!goesBack || !run.budget.isSpent()) return results;
  const undone = await withHold(scope, (held) => undoRolling(list, [...ran.keys()], results, held));
  return new Map(
    [...results].map(([target, result]): [Target, Result] => {
      const back = undone.get(target);
      if (!back) return [target, result];
      if (result.kind === "failed") return [target, withWayBack(result, back)];
      if (back.kind === "done") return [target, stopped(`${run.budget.explain()}; rolled back`)];
      const error = reportError(back.error);
      const how = howItWentBack(error).replace(/^and /, "");
      return [target, stopped(`${run.budget.explain()}; ${how}`, error.hint)];
    }),
  );
}

function announce(run: Run, batch: readonly Target[], index: number, of: number): void {
  run.emit({
    type: "batch",
    at: new Date(run.now()).toISOString(),
    batch: index + 1,
    of,
    canary: index === 0 && run.rolling.canary > 0,
    targets: batch.map(({ site, host }) => ({ site: site.name, host: host.name })),
  });
}

/** Returns the reason not to start the next batch, if any, after the batches that ran. */
function whyToStop({ stopping, budget }: Run, ran: Results): Result | undefined {
  const failure = firstFailure(ran);
  if (failure && budget.isSpent()) return stopped(`${failure.host.name} failed`);
  if (stopping.aborted) return interrupted(stopping);
  return budget.isSpent() ? stopped(budget.explain()) : undefined;
}

/** Rolls back every started host that is still reachable, however far it got. */
async function undoRolling(
  list: PlannedList,
  begun: readonly Target[],
  results: Results,
  scope: Scope,
): Promise<Results> {
  const undone = new Map<Target, Result>();
  await Promise.all(
    begun.map(async (target) => {
      if (isUnreachable(results.get(target)!)) return;
      const ran = await runUnbudgeted(list.undo, [target], scope);
      undone.set(target, ran.get(target)!);
    }),
  );
  return undone;
}

/** Runs steps even after the failure budget is spent. */
export function runUnbudgeted(
  steps: readonly PlannedStep[],
  targets: readonly Target[],
  scope: Scope,
): Promise<Results> {
  const none = () => undefined;
  const budget: Budget = {
    isSpent: () => false,
    record: none,
    sinceNow: () => budget,
    explain: () => "",
  };
  const run = { ...scope.run, budget };
  return runSteps(steps, targets, { ...scope, run, isHeld: true, step: `${scope.step}.undo` });
}

function batchesOf(targets: readonly Target[], { batch, canary }: Rolling): readonly (readonly Target[])[] {
  const size = Math.max(1, countOfPart(batch, targets.length));
  const batches = canary > 0 ? [targets.slice(0, canary)] : [];
  for (let start = canary; start < targets.length; start += size)
    batches.push(targets.slice(start, start + size));
  return batches;
}

/** Runs the hooks around the rest of a chain over the set: steps before it, after it, and on failure. */
export async function runHooks(
  { hooks }: PlannedLayer,
  rest: readonly PlannedLayer[],
  invocations: Invocations,
  scope: Scope,
): Promise<Results> {
  const targets = [...invocations.keys()];
  const { before = [], after = [], onFailure = [] } = hooks ?? {};
  const at = (name: string) => ({ ...scope, step: `${scope.step}.${name}` });
  const prepared = await runSteps(before, targets, at("before"));
  const begun = new Map([...invocations].filter(([target]) => prepared.get(target)?.kind === "done"));
  const results = begun.size === 0 ? prepared : await scope.flow.layers(rest, begun, scope);
  const done = survivorsOf(results).filter((target) => begun.has(target));
  const goesOn = done.length > 0 && !(firstFailure(results) && scope.run.budget.isSpent());
  const followed = goesOn ? await runSteps(after, done, at("after")) : results;
  // The result of the command, except on hosts that failed before or after it.
  const ended = new Map(targets.map((target) => [target, endOf(target, prepared, results, followed)]));
  // Unreachable hosts cannot run these steps. Their own events report a failure here, and the first failure
  // stays.
  const reached = targets.filter((target) => {
    const result = ended.get(target)!;
    return result.kind !== "done" && !isUnreachable(result);
  });
  if (reached.length > 0) await runUnbudgeted(onFailure, reached, at("onFailure"));
  return ended;
}

function endOf(target: Target, prepared: Results, results: Results, followed: Results): Result {
  const [first, second, third] = [prepared, results, followed].map((one) => one.get(target));
  if (first?.kind !== "done") return first!;
  if (second?.kind !== "done") return second!;
  return third && third.kind !== "done" ? third : second;
}
