import { HostoutError, type Target } from "@hostout/kit";
import { isWanted } from "../plan/is-wanted.ts";
import type { PlannedCommand, PlannedLayer } from "../plan/plan.ts";
import { failedWith, interrupted, type Result, type Results, sameForAll } from "./result.ts";
import { runForHosts } from "./run-for-hosts.ts";
import { runForSites } from "./run-for-sites.ts";
import { runHooks, runSteps } from "./run-steps.ts";
import type { Flow, Invocations, Scope } from "./scope.ts";
import { skipTask } from "./task.ts";

/** Limit on nested commands, deeper than people compose them. A command that calls itself would never end. */
const deepest = 50;

/**
 * Runs a command over a set of targets, through all its overrides. Never throws: each target has its result.
 */
async function runCommand(command: PlannedCommand, invocations: Invocations, above: Scope): Promise<Results> {
  const scope: Scope = { ...above, path: [...above.path, command.name] };
  const { run, path, step } = scope;
  if (path.length > deepest) return sameForAll(invocations.keys(), failedWith(tooDeep(path)));
  const results = new Map<Target, Result>();
  const wanted = new Map([...invocations].filter(([target]) => isWanted(command, target.site)));
  for (const target of invocations.keys()) {
    if (wanted.has(target)) continue;
    const note = `${command.when?.name} is false`;
    skipTask(run, { target, path, step, plugin: command.layers[0]?.plugin.name ?? "" }, note);
    results.set(target, { kind: "done", outcome: { status: "skipped", note } });
  }
  if (wanted.size === 0) return results;
  for (const [target, result] of await runLayers(command.layers, wanted, scope)) results.set(target, result);
  return results;
}

function tooDeep(path: readonly string[]): HostoutError {
  return new HostoutError({
    code: "plugin-broken",
    message: `commands call each other without an end: ${path.slice(0, 6).join(" → ")} → …`,
    hint: "A command that wraps another of its own name calls next().",
  });
}

/** Runs `layers[0]` over a set. Its `next()` runs the other layers. Keeps the value that the layer returned. */
async function runLayers(
  layers: readonly PlannedLayer[],
  invocations: Invocations,
  scope: Scope,
): Promise<Results> {
  const results = await runForm(layers, invocations, scope);
  const command = scope.path.at(-1) ?? "";
  const owner = layers[0]?.plugin.name;
  for (const [target, result] of results)
    if (owner !== undefined && result.kind === "done" && result.outcome.value !== undefined)
      scope.run.memory.keep(target, { owner, command }, result.outcome.value);
  return results;
}

/** Runs `layers[0]` by the rule of its form. */
async function runForm(
  layers: readonly PlannedLayer[],
  invocations: Invocations,
  scope: Scope,
): Promise<Results> {
  const [layer, ...rest] = layers;
  const targets = [...invocations.keys()];
  if (scope.run.signal.aborted) return sameForAll(targets, interrupted(scope.run.signal));
  switch (layer?.form) {
    case undefined:
      return sameForAll(targets, { kind: "done", outcome: { status: "skipped" } });
    case "steps":
      return runSteps(layer.steps, targets, scope);
    case "hooks":
      return runHooks(layer, rest, invocations, { ...scope, step: `${scope.step}/` });
    case "runOnce":
      return runForSites(layer, rest, invocations, scope);
    case "run":
      return runForHosts(layer, rest, invocations, scope);
  }
}

/** Runs commands of every kind. */
export const flow: Flow = { command: runCommand, layers: runLayers };
