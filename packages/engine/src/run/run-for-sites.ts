import type { Invocation, Next, Target } from "@hostout/kit";
import { type PlannedLayer, planCommand } from "../plan/plan.ts";
import { doneBefore } from "./done-before.ts";
import { firstFailure, outcomeOfAll, type Results, sameForAll, stopOthers, survivorsOf } from "./result.ts";
import { runTask } from "./run-task.ts";
import { type Invocations, makePlaces, type Scope } from "./scope.ts";

/**
 * Runs a layer once for each site, sites side by side. Its `next()` runs the other layers over the site's
 * targets.
 */
export async function runForSites(
  layer: PlannedLayer,
  rest: readonly PlannedLayer[],
  invocations: Invocations,
  scope: Scope,
): Promise<Results> {
  const results = doneBefore(layer, rest, invocations.keys(), scope);
  const left = [...invocations].filter(([target]) => !results.has(target));
  const bySite = Map.groupBy(left, ([target]) => target.site);
  const parts = await Promise.all(
    [...bySite.values()].map((own) => runForSite(layer, rest, new Map(own), scope)),
  );
  const ran = parts.flatMap((part) => [...part]);
  for (const [target, result] of ran) scope.run.budget.record(target, result);
  return new Map([...results, ...ran]);
}

async function runForSite(
  layer: PlannedLayer,
  rest: readonly PlannedLayer[],
  invocations: Invocations,
  scope: Scope,
): Promise<Results> {
  const [[target, invocation]] = [...invocations] as [[Target, Invocation]];
  const targets = [...invocations.keys()];
  let inner: Results = new Map();
  const { inNext, inCall } = makePlaces(scope);
  const isBorne = () => !scope.run.budget.isSpent();
  const next: Next = async (other) => {
    const handed = new Map([...invocations].map(([one, own]) => [one, other ?? own]));
    inner = await scope.flow.layers(rest, handed, inNext());
    return outcomeOfAll(inner, isBorne());
  };
  const call = async (name: string, given: Invocation = { args: [] }, on?: Target) => {
    const planned = planCommand((on ?? target).site, name, given);
    const handed = new Map((on ? [on] : targets).map((one) => [one, given]));
    return outcomeOfAll(await scope.flow.command(planned, handed, inCall(name)), isBorne());
  };
  // A host that failed below has failed, even if the failure budget allowed it.
  const failedBelow = (one: Target) =>
    survivorsOf(inner).length > 0 && (inner.get(one)?.kind ?? "done") !== "done";
  const doneFor = () => targets.filter((one) => !failedBelow(one));
  const task = { target, invocation, once: true, overrides: rest.length > 0, hosts: targets, doneFor };
  const result = await runTask(layer, task, { next, call }, scope);
  if (result.kind === "done")
    return new Map(targets.map((one) => [one, failedBelow(one) ? inner.get(one)! : result]));
  const below = firstFailure(inner);
  // A host that failed below keeps its own reason.
  return below ? stopOthers(inner, `${below.host.name} failed`) : sameForAll(targets, result);
}
