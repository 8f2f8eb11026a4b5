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
} from "./result.ts";
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
}

/** Deeper than people compose commands: one that calls itself would never end. */
const deepest = 50;

/** A command over a set of targets, through all that overrides it. Never throws: each target has its result. */
export async function runCommand(
  command: PlannedCommand,
  invocations: Invocations,
  above: Scope,
): Promise<Results> {
  const scope = { run: above.run, path: [...above.path, command.name] };
  if (scope.path.length > deepest) return sameForAll(invocations.keys(), failedWith(tooDeep(scope.path)));
  const results = new Map<Target, Result>();
  const wanted = new Map([...invocations].filter(([target]) => isWanted(command, target)));
  for (const target of invocations.keys()) {
    if (wanted.has(target)) continue;
    const note = `${command.when?.name} is false`;
    skipTask(scope.run, { target, path: scope.path, plugin: command.layers[0]?.plugin.name ?? "" }, note);
    results.set(target, { kind: "done", outcome: { status: "skipped", note } });
  }
  if (wanted.size === 0) return results;
  const ran = await runLayers(command.layers, wanted, scope);
  return new Map([...results, ...ran]);
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
  if (scope.run.signal.aborted) return sameForAll(targets, interrupted());
  switch (layer?.form) {
    case undefined:
      return sameForAll(targets, { kind: "done", outcome: { status: "skipped" } });
    case "steps":
      return runSteps(layer.steps, targets, scope);
    case "hooks":
      return runHooks(layer, rest, invocations, scope);
    case "runOnce":
      return runForSites(layer, rest, invocations, scope);
    case "run":
      return runForHosts(layer, rest, invocations, scope);
  }
}

/** Once for each site, sites side by side; `next()` is the rest over the site's targets. */
async function runForSites(
  layer: PlannedLayer,
  rest: readonly PlannedLayer[],
  invocations: Invocations,
  scope: Scope,
): Promise<Results> {
  const bySite = Map.groupBy(invocations, ([target]) => target.site);
  const parts = await Promise.all(
    [...bySite.values()].map((own) => runForSite(layer, rest, new Map(own), scope)),
  );
  return new Map(parts.flatMap((part) => [...part]));
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
  const next: Next = async (other) => {
    inner = await runLayers(rest, new Map([...invocations].map(([one, own]) => [one, other ?? own])), scope);
    return outcomeOfAll(inner);
  };
  const call = async (name: string, given: Invocation = { args: [] }) => {
    const planned = planCommand(target.site, name, given);
    return outcomeOfAll(await runCommand(planned, new Map(targets.map((one) => [one, given])), scope));
  };
  const task = { target, invocation, once: true, overrides: rest.length > 0, hosts: targets };
  const result = await runTask(layer, task, { next, call }, scope);
  if (result.kind === "done") return sameForAll(targets, result);
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
    const results = await runLayers(
      rest,
      new Map(came.map((target) => [target, passedOn.get(target)!])),
      scope,
    );
    return async (target) => outcomeOf(results.get(target)!);
  });
  const meets = rest[0] !== undefined && rest[0].form !== "run";
  const runHost = async (target: Target, invocation: Invocation): Promise<Result> => {
    const next: Next = (other = invocation) =>
      givingBack(scope, async () => {
        if (!meets) return outcomeOf((await runLayers(rest, new Map([[target, other]]), scope)).get(target)!);
        passedOn.set(target, other);
        return meeting.come(target);
      });
    const call = (name: string, given: Invocation = { args: [] }) =>
      givingBack(scope, async () => {
        const planned = planCommand(target.site, name, given);
        return outcomeOf((await runCommand(planned, new Map([[target, given]]), scope)).get(target)!);
      });
    await gate.enter();
    try {
      const task = { target, invocation, once: false, overrides: rest.length > 0, hosts: [target] };
      return await runTask(layer, task, { next, call }, scope);
    } finally {
      gate.leave();
      meeting.stayAway(target);
    }
  };
  const done = await Promise.all(
    [...invocations].map(
      async ([target, invocation]) => [target, await runHost(target, invocation)] as const,
    ),
  );
  return new Map(done);
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
  },
  calls: {
    readonly next: Next;
    readonly call: (name: string, invocation?: Invocation) => Promise<Outcome>;
  },
  { run, path }: Scope,
): Promise<Result> {
  if (run.signal.aborted) return interrupted();
  const { target, once } = task;
  const plugin = layer.plugin.name;
  const events = startTask(run, { target: once ? { site: target.site } : target, path, plugin });
  try {
    const context = makeContext({
      layer,
      task: { ...task, path },
      call: calls.call,
      run,
      output: events.output,
    });
    const handler = layer.command.runOnce ?? layer.command.run;
    const outcome = (await handler?.(context as never, calls.next)) ?? { status: "ok" };
    events.end(outcome);
    return { kind: "done", outcome };
  } catch (error) {
    blame(error, { plugin, command: path });
    const result = run.signal.aborted ? interrupted() : failedWith(error);
    events.fail(result.kind === "done" ? error : result.error);
    return result;
  }
}
