import { blame } from "./blame.ts";
import { makeContext } from "./context.ts";
import { HostoutError } from "./hostout-error.ts";
import { makeMeeting } from "./meeting.ts";
import { type PlannedCommand, type PlannedLayer, planCommand, type Target } from "./plan.ts";
import type { Invocation, Next, Outcome } from "./plugin.ts";
import { readOptions } from "./read-options.ts";
import {
  failedWith,
  firstFailure,
  interrupted,
  outcomeOf,
  outcomeOfAll,
  type Result,
  type Results,
  sameForAll,
  stopOthers,
  stopped,
  survivorsOf,
} from "./result.ts";
import { retriesOf, withRetries } from "./retries.ts";
import type { Run } from "./run.ts";
import { runHooks, runSteps } from "./run-steps.ts";
import { skipTask, startTask } from "./task.ts";

/** Who a command runs over, and with what. Insertion order is the order of the command line. */
export type Invocations = ReadonlyMap<Target, Invocation>;

/** Where in a run something happens. */
export interface Scope {
  readonly run: Run;
  /** From the command on the line down. */
  readonly path: readonly string[];
  /** The place in the plan, the same in each run of it: `0.2.1`. */
  readonly step: string;
}

/** Deeper than people compose commands: one that calls itself would never end. */
const deepest = 50;

/** A command over a set of targets, through all that overrides it. Never throws: each target has its result. */
export async function runCommand(
  command: PlannedCommand,
  invocations: Invocations,
  above: Scope,
): Promise<Results> {
  const scope: Scope = { ...above, path: [...above.path, command.name] };
  const { run, path, step } = scope;
  if (path.length > deepest) return sameForAll(invocations.keys(), failedWith(tooDeep(path)));
  const results = new Map<Target, Result>();
  const wanted = new Map([...invocations].filter(([target]) => isWanted(command, target)));
  for (const target of invocations.keys()) {
    if (wanted.has(target)) continue;
    const note = `${command.when?.name} is false`;
    skipTask(run, { target, path, step, plugin: command.layers[0]?.plugin.name ?? "" }, note);
    results.set(target, { kind: "done", outcome: { status: "skipped", note } });
  }
  if (wanted.size === 0) return results;
  for (const [target, result] of await runLayers(command.layers, wanted, scope)) {
    results.set(target, result);
    if (result.kind === "failed") run.budget.count(target);
    // What failed within was handled by what lies around it.
    if (result.kind === "done") run.budget.forgive(target);
  }
  return results;
}

function tooDeep(path: readonly string[]): HostoutError {
  return new HostoutError({
    code: "plugin-broken",
    message: `commands call each other without an end: ${path.slice(0, 6).join(" → ")} → …`,
    hint: "A command that wraps another of its own name calls next().",
  });
}

function isWanted({ when }: PlannedCommand, { site }: Target): boolean {
  if (!when) return true;
  const values: Readonly<Record<string, unknown>> = readOptions(site, when.plugin.options);
  return values[when.option] === true;
}

/** `layers[0]` over a set; the rest is what its `next()` means. One rule for each form. */
export async function runLayers(
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

/** What of a layer was done in the run that this one goes on with. */
function doneBefore(
  layer: PlannedLayer,
  targets: Iterable<Target>,
  { run, path, step }: Scope,
): Map<Target, Result> {
  const results = new Map<Target, Result>();
  for (const target of targets) {
    const outcome = run.doneBefore(target, step);
    if (!outcome) continue;
    skipTask(run, { target, path, step, plugin: layer.plugin.name }, "done in the run before", outcome);
    results.set(target, { kind: "done", outcome });
  }
  return results;
}

/** Once for each site, sites side by side; `next()` is the rest over the site's targets. */
async function runForSites(
  layer: PlannedLayer,
  rest: readonly PlannedLayer[],
  invocations: Invocations,
  scope: Scope,
): Promise<Results> {
  const results = doneBefore(layer, invocations.keys(), scope);
  const left = [...invocations].filter(([target]) => !results.has(target));
  const bySite = Map.groupBy(left, ([target]) => target.site);
  const parts = await Promise.all(
    [...bySite.values()].map((own) => runForSite(layer, rest, new Map(own), scope)),
  );
  return new Map([...results, ...parts.flatMap((part) => [...part])]);
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
    inner = await runLayers(rest, handed, inNext());
    return outcomeOfAll(inner, isBorne());
  };
  const call = async (name: string, given: Invocation = { args: [] }) => {
    const planned = planCommand(target.site, name, given);
    const handed = new Map(targets.map((one) => [one, given]));
    return outcomeOfAll(await runCommand(planned, handed, inCall(name)), isBorne());
  };
  // Those that failed below, and were borne, have failed.
  const failedBelow = (one: Target) =>
    survivorsOf(inner).length > 0 && (inner.get(one)?.kind ?? "done") !== "done";
  const doneFor = () => targets.filter((one) => !failedBelow(one));
  const task = { target, invocation, once: true, overrides: rest.length > 0, hosts: targets, doneFor };
  const result = await runTask(layer, task, { next, call }, scope);
  if (result.kind === "done")
    return new Map(targets.map((one) => [one, failedBelow(one) ? inner.get(one)! : result]));
  const below = firstFailure(inner);
  // A host that failed below keeps its own reason.
  return below ? stopOthers(inner, `it failed on ${below.host.name}`) : sameForAll(targets, result);
}

/** Side by side for each host; where the rest is not for one host alone, the hosts meet. */
async function runForHosts(
  layer: PlannedLayer,
  rest: readonly PlannedLayer[],
  invocations: Invocations,
  scope: Scope,
): Promise<Results> {
  const { gate } = scope.run;
  const passedOn = new Map<Target, Invocation>();
  const meeting = makeMeeting<Target, Outcome>([...invocations.keys()], async (came) => {
    const handed = new Map(came.map((target) => [target, passedOn.get(target)!]));
    const results = await runLayers(rest, handed, { ...scope, step: `${scope.step}/` });
    return async (target) => outcomeOf(results.get(target)!);
  });
  const meets = rest[0] !== undefined && rest[0].form !== "run";
  const runHost = async (target: Target, invocation: Invocation): Promise<Result> => {
    const { inNext, inCall } = makePlaces(scope);
    const next: Next = (other = invocation) =>
      givingBack(scope, async () => {
        if (!meets) {
          const ran = await runLayers(rest, new Map([[target, other]]), inNext());
          return outcomeOf(ran.get(target)!);
        }
        passedOn.set(target, other);
        return meeting.come(target);
      });
    const call = (name: string, given: Invocation = { args: [] }) =>
      givingBack(scope, async () => {
        const planned = planCommand(target.site, name, given);
        const ran = await runCommand(planned, new Map([[target, given]]), inCall(name));
        return outcomeOf(ran.get(target)!);
      });
    await gate.enter();
    try {
      if (scope.run.stopsWaiting && scope.run.budget.isSpent()) return stopped(scope.run.budget.explain());
      const hosts = [target];
      const task = {
        target,
        invocation,
        once: false,
        overrides: rest.length > 0,
        hosts,
        doneFor: () => hosts,
      };
      const result = await runTask(layer, task, { next, call }, scope);
      // At once: hosts that wait for a place look at it.
      if (result.kind === "failed") scope.run.budget.count(target);
      return result;
    } finally {
      gate.leave();
      meeting.stayAway(target);
    }
  };
  const before = doneBefore(layer, invocations.keys(), scope);
  for (const target of before.keys()) meeting.stayAway(target);
  const done = await Promise.all(
    [...invocations].map(
      async ([target, invocation]) =>
        [target, before.get(target) ?? (await runHost(target, invocation))] as const,
    ),
  );
  return new Map(done);
}

/** Places in the plan below a task: what it calls, and what its next() leads to, each with a number of its own. */
function makePlaces(scope: Scope) {
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

/** A host that waits for others gives its place at the gate to one that can work. */
async function givingBack<T>({ run }: Scope, work: () => Promise<T>): Promise<T> {
  run.gate.leave();
  try {
    return await work();
  } finally {
    await run.gate.enter();
  }
}

async function runTask(
  layer: PlannedLayer,
  task: {
    readonly target: Target;
    readonly invocation: Invocation;
    readonly once: boolean;
    readonly overrides: boolean;
    readonly hosts: readonly Target[];
    /** Those that it came through for, known at its end. */
    readonly doneFor: () => readonly Target[];
  },
  calls: {
    readonly next: Next;
    readonly call: (name: string, invocation?: Invocation) => Promise<Outcome>;
  },
  { run, path, step }: Scope,
): Promise<Result> {
  if (run.signal.aborted) return interrupted(run.signal);
  const { target, once } = task;
  const plugin = layer.plugin.name;
  const events = startTask(run, { target: once ? { site: target.site } : target, path, step, plugin });
  try {
    const context = makeContext({
      layer,
      task: { ...task, path },
      call: calls.call,
      run,
      output: events.output,
    });
    const handler = layer.command.runOnce ?? layer.command.run;
    const work = async () => (await handler?.(context as never, calls.next)) ?? ({ status: "ok" } as const);
    const tell = (line: string) => events.output.line("note", target.host.name, line);
    const outcome = await withRetries(work, { run, tell, retries: retriesOf(layer.command, run) });
    events.end(outcome, once ? task.doneFor().map(({ host }) => host.name) : undefined);
    return { kind: "done", outcome };
  } catch (error) {
    blame(error, { plugin, command: path });
    const result = run.signal.aborted ? interrupted(run.signal, path.join(" ")) : failedWith(error);
    events.fail(result.kind === "done" ? error : result.error);
    return result;
  }
}
