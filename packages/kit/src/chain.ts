import { makeContext } from "./context.ts";
import { makeMeeting } from "./meeting.ts";
import { type PlannedCommand, type PlannedLayer, planCommand, type Target } from "./plan.ts";
import type { Invocation, Next, Outcome } from "./plugin.ts";
import { readOptions } from "./read-options.ts";
import {
  combineOutcomes,
  failedWith,
  interrupted,
  outcomeOf,
  type Result,
  type Results,
  stopped,
} from "./result.ts";
import type { Run } from "./run.ts";
import { skipTask, startTask } from "./task.ts";

/** Who a command runs over, and with what. Insertion order is the order of the command line. */
export type Invocations = ReadonlyMap<Target, Invocation>;

/** A command over a set of targets, through all that overrides it. Never throws: each target has its result. */
export async function runCommand(
  command: PlannedCommand,
  invocations: Invocations,
  above: readonly string[],
  run: Run,
): Promise<Results> {
  const path = [...above, command.name];
  const results = new Map<Target, Result>();
  const wanted = new Map([...invocations].filter(([target]) => isWanted(command, target)));
  for (const target of invocations.keys()) {
    if (wanted.has(target)) continue;
    const note = `${command.when?.name} is false`;
    skipTask(run, { target, path, plugin: command.layers[0]!.plugin.name }, note);
    results.set(target, { kind: "done", outcome: { status: "skipped", note } });
  }
  if (wanted.size === 0) return results;
  const ran = await runLayers(command.layers, wanted, path, run);
  return new Map([...results, ...ran]);
}

function isWanted({ when }: PlannedCommand, { site }: Target): boolean {
  if (!when) return true;
  const values: Readonly<Record<string, unknown>> = readOptions(site, when.plugin.options);
  return values[when.option] === true;
}

/** `layers[0]` over a set; the rest is what its `next()` means. Three rules, one for each form. */
async function runLayers(
  layers: readonly PlannedLayer[],
  invocations: Invocations,
  path: readonly string[],
  run: Run,
): Promise<Results> {
  const [layer, ...rest] = layers;
  if (run.signal.aborted) return sameForAll(invocations, interrupted());
  if (!layer) return sameForAll(invocations, { kind: "done", outcome: { status: "skipped" } });
  if (layer.form === "steps") return runSteps(layer, invocations, path, run);
  if (layer.form === "runOnce") return runForSites(layer, rest, invocations, path, run);
  return runForHosts(layer, rest, invocations, path, run);
}

/** Each step over the set, one after the other; the barrier is the `await`. */
async function runSteps(
  layer: PlannedLayer,
  invocations: Invocations,
  path: readonly string[],
  run: Run,
): Promise<Results> {
  const outcomes = new Map<Target, Outcome[]>([...invocations.keys()].map((target) => [target, []]));
  for (const step of layer.steps) {
    if (run.signal.aborted) return sameForAll(invocations, interrupted());
    const stepInvocations = new Map([...invocations.keys()].map((target) => [target, step.invocation]));
    const results = await runCommand(step, stepInvocations, path, run);
    const failure = firstFailure(results);
    if (failure) return stopOthers(results, `'${step.name}' failed on ${failure.host.name}`);
    for (const [target, result] of results) outcomes.get(target)?.push(outcomeOf(result));
  }
  return new Map(
    [...outcomes].map(([target, own]) => [target, { kind: "done", outcome: combineOutcomes(own) }]),
  );
}

function firstFailure(results: Results): Target | undefined {
  for (const kind of ["failed", "stopped"]) {
    for (const [target, result] of results) if (result.kind === kind) return target;
  }
  return undefined;
}

function stopOthers(results: Results, because: string): Results {
  return new Map(
    [...results].map(([target, result]) => [target, result.kind === "done" ? stopped(because) : result]),
  );
}

/** Once for each site, sites side by side; `next()` is the rest over the site's targets. */
async function runForSites(
  layer: PlannedLayer,
  rest: readonly PlannedLayer[],
  invocations: Invocations,
  path: readonly string[],
  run: Run,
): Promise<Results> {
  const bySite = Map.groupBy(invocations, ([target]) => target.site);
  const parts = await Promise.all(
    [...bySite.values()].map((own) => runForSite(layer, rest, new Map(own), path, run)),
  );
  return new Map(parts.flatMap((part) => [...part]));
}

async function runForSite(
  layer: PlannedLayer,
  rest: readonly PlannedLayer[],
  invocations: Invocations,
  path: readonly string[],
  run: Run,
): Promise<Results> {
  const [[target, invocation]] = [...invocations] as [[Target, Invocation]];
  let inner: Results = new Map();
  const next: Next = async (other) => {
    inner = await runLayers(
      rest,
      new Map([...invocations].map(([one, own]) => [one, other ?? own])),
      path,
      run,
    );
    return allOutcomes(inner);
  };
  const call = async (name: string, given: Invocation = { args: [] }) => {
    const planned = planCommand(target.site, name, given);
    return allOutcomes(
      await runCommand(planned, new Map([...invocations.keys()].map((one) => [one, given])), path, run),
    );
  };
  const result = await runTask(
    layer,
    { target, invocation, path, once: true, hosts: [...invocations.keys()] },
    next,
    call,
    run,
  );
  if (result.kind === "done") return sameForAll(invocations, result);
  const below = firstFailure(inner);
  // A host that failed below keeps its own reason.
  return below ? stopOthers(inner, `it failed on ${below.host.name}`) : sameForAll(invocations, result);
}

function allOutcomes(results: Results): Outcome {
  const failure = firstFailure(results);
  if (failure) return outcomeOf(results.get(failure)!);
  return combineOutcomes([...results.values()].map(outcomeOf));
}

/** Side by side for each host; where the rest is not for one host alone, the hosts meet. */
async function runForHosts(
  layer: PlannedLayer,
  rest: readonly PlannedLayer[],
  invocations: Invocations,
  path: readonly string[],
  run: Run,
): Promise<Results> {
  const passedOn = new Map<Target, Invocation>();
  const meeting = makeMeeting<Target, Outcome>([...invocations.keys()], async (came) => {
    const results = await runLayers(
      rest,
      new Map(came.map((target) => [target, passedOn.get(target)!])),
      path,
      run,
    );
    return async (target) => outcomeOf(results.get(target)!);
  });
  const meets = rest[0]?.form === "steps" || rest[0]?.form === "runOnce";
  const runHost = async (target: Target, invocation: Invocation): Promise<Result> => {
    const next: Next = (other = invocation) => {
      if (!meets) return runOneHost(rest, target, other, path, run);
      passedOn.set(target, other);
      return givingBack(run, () => meeting.come(target));
    };
    const call = (name: string, given: Invocation = { args: [] }) =>
      givingBack(run, async () => {
        const planned = planCommand(target.site, name, given);
        return allOutcomes(await runCommand(planned, new Map([[target, given]]), path, run));
      });
    await run.gate.enter();
    try {
      return await runTask(
        layer,
        { target, invocation, path, once: false, hosts: [target] },
        next,
        call,
        run,
      );
    } finally {
      run.gate.leave();
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

/** The rest of a chain of `run`s for one host, which has its place at the gate already. */
async function runOneHost(
  layers: readonly PlannedLayer[],
  target: Target,
  invocation: Invocation,
  path: readonly string[],
  run: Run,
): Promise<Outcome> {
  return givingBack(run, async () =>
    outcomeOf((await runLayers(layers, new Map([[target, invocation]]), path, run)).get(target)!),
  );
}

/** A host that waits for others gives its place at the gate to one that can work. */
async function givingBack<T>(run: Run, work: () => Promise<T>): Promise<T> {
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
    readonly path: readonly string[];
    readonly once: boolean;
    readonly hosts: readonly Target[];
  },
  next: Next,
  call: (name: string, invocation?: Invocation) => Promise<Outcome>,
  run: Run,
): Promise<Result> {
  if (run.signal.aborted) return interrupted();
  const { target, path, once } = task;
  const events = startTask(run, {
    target: once ? { site: target.site } : target,
    path,
    plugin: layer.plugin.name,
  });
  try {
    const context = makeContext({ layer, task, call, run, output: events.output });
    const handler = layer.command.runOnce ?? layer.command.run;
    const outcome = (await handler?.(context as never, next)) ?? { status: "ok" };
    events.end(outcome);
    return { kind: "done", outcome };
  } catch (error) {
    const result = run.signal.aborted ? interrupted() : failedWith(error);
    events.fail(result.kind === "done" ? error : result.error);
    return result;
  }
}

function sameForAll(invocations: Invocations, result: Result): Results {
  return new Map([...invocations.keys()].map((target) => [target, result]));
}
