import type { Connections, Emit, Site, Target, TargetReport } from "@hostout/kit";
import { makeBudget } from "../pace/budget.ts";
import { makeExclusive } from "../pace/exclusive.ts";
import { exitCodeOf } from "../pace/exit-code.ts";
import { makeGate } from "../pace/gate.ts";
import { makeMemory } from "../pace/memory.ts";
import type { PartOfHosts } from "../pace/part-of-hosts.ts";
import { sleepUnless } from "../pace/sleep-unless.ts";
import { asRun } from "../pace/stray.ts";
import { hostsAhead } from "../plan/hosts-ahead.ts";
import type { Plan, PlanGroup } from "../plan/plan.ts";
import { flow } from "./chain.ts";
import { makeOtherSites } from "./other-sites.ts";
import {
  firstFailure,
  interruptedAfter,
  isInterrupted,
  type Result,
  stopped,
  survivorsOf,
  targetReport,
} from "./result.ts";
import type { DoneBefore, Run } from "./run.ts";

export interface RunSettings {
  readonly plan: Plan;
  readonly connections: Connections;
  readonly emit: Emit;
  /** Identifies the run. See {@link Run}. Default `run`. */
  readonly id?: string;
  /** Maximum number of hosts that work at one time. Default 32. */
  readonly jobs?: number;
  /** Number of hosts in a batch of a rolling part. Default 1. */
  readonly batch?: PartOfHosts;
  /** Number of hosts in a first batch of its own in each rolling part. Default 0: no such batch. */
  readonly canary?: number;
  /** Milliseconds between the batches of a rolling part. Default 0. */
  readonly pauseMs?: number;
  /**
   * Number of hosts that may fail or be unreachable before all others stop. Default none, and the others then
   * stop only at the next barrier.
   */
  readonly maxFailures?: PartOfHosts;
  /** Whether rolling parts roll back once the failure budget is spent. Default true. */
  readonly undo?: boolean;
  /** Number of retries of a command that declares itself repeatable. Default 0. */
  readonly retries?: number;
  /** Returns the outcome of a step that the run must not repeat, or undefined. */
  readonly doneBefore?: DoneBefore;
  /** Aborts the run: no new work starts, running commands get the signal, and the run ends as interrupted. */
  readonly signal?: AbortSignal;
  /** Aborted at once by an interrupt, while `signal` may wait for work that is held. Default `signal`. */
  readonly stopping?: AbortSignal;
  /**
   * Called when work begins that an interrupt must wait for. The run calls the returned function when that
   * work ends.
   */
  readonly hold?: () => () => void;
  /** Asks the user to agree to a change. If not given, nobody can be asked. */
  readonly confirm?: ((question: string) => Promise<boolean>) | undefined;
  /** Whether the run only reports the changes that it would make. */
  readonly dryRun?: boolean;
  /** Called with each site outside the plan that a command reaches. */
  readonly joins?: (site: Site) => void;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

export interface RunSummary {
  /** In the order of the plan. */
  readonly targets: readonly TargetReport[];
  /** See `exit-code.ts`. */
  readonly exitCode: number;
  readonly durationMs: number;
}

/**
 * Runs a plan and emits the events of its tasks (`task.*`, `output`, `progress`). Never throws because of a
 * host. An uncaught error fails its task, if the process passes the error to {@link takeStray}.
 */
export function runPlan(settings: RunSettings): Promise<RunSummary> {
  return asRun(() => carryOut(settings));
}

async function carryOut(settings: RunSettings): Promise<RunSummary> {
  const now = settings.now ?? Date.now;
  const startedMs = now();
  let lastTask = 0;
  const { batch = { hosts: 1 }, canary = 0, pauseMs = 0, undo = true, maxFailures } = settings;
  const signal = settings.signal ?? new AbortController().signal;
  const stopping = settings.stopping ?? signal;
  const run: Run = {
    id: settings.id ?? "run",
    connections: settings.connections,
    emit: settings.emit,
    now,
    wait: (ms) => sleepUnless(stopping, ms),
    signal,
    stopping,
    hold: settings.hold ?? (() => () => {}),
    dryRun: settings.dryRun ?? false,
    gate: makeGate(settings.jobs ?? 32),
    exclusive: makeExclusive(),
    memory: makeMemory(),
    rolling: { batch, canary, pauseMs, undo },
    budget: makeBudget(
      settings.plan.groups.flatMap((group) => group.targets),
      maxFailures,
    ),
    confirm: settings.confirm,
    stopsWaiting: maxFailures !== undefined,
    retries: settings.retries ?? 0,
    doneBefore: settings.doneBefore ?? (() => undefined),
    targetsOf: makeOtherSites(
      settings.plan.groups.flatMap((group) => group.targets),
      settings.joins ?? (() => {}),
    ),
    newTask: () => ++lastTask,
  };
  // A dry run may need no host at all, and a resumed run may need only some of them.
  if (!run.dryRun && !settings.doneBefore) {
    const ahead = settings.plan.groups.flatMap(hostsAhead);
    run.connections.expect?.(ahead.slice(0, settings.jobs ?? 32));
  }
  const parts = await Promise.all(settings.plan.groups.map((group) => runGroup(group, run)));
  const targets = parts.flatMap((results) =>
    [...results].map(([target, result]) => targetReport(target, result, run.memory.liveOf(target))),
  );
  return { targets, exitCode: exitCodeOf(targets, isInterrupted(run.signal)), durationMs: now() - startedMs };
}

/** Runs the commands of the line in order, with a barrier between them as between steps. */
async function runGroup(group: PlanGroup, run: Run): Promise<ReadonlyMap<Target, Result>> {
  const results = new Map<Target, Result>(
    group.targets.map((target) => [target, stopped("nothing was begun")]),
  );
  let set = group.targets;
  for (const [index, command] of group.commands.entries()) {
    if (index > 0 && run.budget.isSpent()) {
      for (const target of set) results.set(target, stopped(run.budget.explain()));
      break;
    }
    const last = group.commands[index - 1];
    if (last && run.signal.aborted) {
      for (const target of set) results.set(target, interruptedAfter(run.signal, last.name));
      break;
    }
    const invocations = new Map(set.map((target) => [target, command.invocation]));
    const ran = await flow.command(command, invocations, { run, flow, path: [], step: String(index) });
    for (const [target, result] of ran) results.set(target, result);
    set = survivorsOf(ran);
    const failure = firstFailure(ran);
    if (!failure || !run.budget.isSpent() || command === group.commands.at(-1)) continue;
    for (const target of set)
      results.set(target, stopped(`'${command.name}' failed on ${failure.host.name}`));
    break;
  }
  return results;
}
