import { runCommand } from "./chain.ts";
import type { Connections } from "./connections.ts";
import type { Emit, TargetReport } from "./events.ts";
import { makeExclusive } from "./exclusive.ts";
import { exitCodeOf } from "./exit-code.ts";
import { makeGate } from "./gate.ts";
import type { Plan, PlanGroup, Target } from "./plan.ts";
import { type Result, stopped, targetReport } from "./result.ts";
import type { Run } from "./run.ts";
import type { Batch } from "./run-steps.ts";

export interface RunSettings {
  readonly plan: Plan;
  readonly connections: Connections;
  readonly emit: Emit;
  /** Hosts that do something at one time. Default 32. */
  readonly jobs?: number;
  /** How many hosts a rolling part takes at a time. Default 1. */
  readonly batch?: Batch;
  /** Aborted: no new work begins, what runs is told, the run ends as interrupted. */
  readonly signal?: AbortSignal;
  /** Whether only what would be done is to be told. */
  readonly dryRun?: boolean;
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

/** Carries out a plan and tells the events of its tasks (`task.*`, `output`, `progress`). Never throws for what a host does. */
export async function runPlan(settings: RunSettings): Promise<RunSummary> {
  const now = settings.now ?? Date.now;
  const startedMs = now();
  let lastTask = 0;
  const run: Run = {
    connections: settings.connections,
    emit: settings.emit,
    now,
    signal: settings.signal ?? new AbortController().signal,
    dryRun: settings.dryRun ?? false,
    gate: makeGate(settings.jobs ?? 32),
    exclusive: makeExclusive(),
    newTask: () => ++lastTask,
    batch: settings.batch ?? { hosts: 1 },
  };
  const parts = await Promise.all(settings.plan.groups.map((group) => runGroup(group, run)));
  const targets = parts.flatMap((results) =>
    [...results].map(([target, result]) => targetReport(target, result)),
  );
  return { targets, exitCode: exitCodeOf(targets, run.signal.aborted), durationMs: now() - startedMs };
}

/** The commands of the line, one after the other, with a barrier between them as between steps. */
async function runGroup(group: PlanGroup, run: Run): Promise<ReadonlyMap<Target, Result>> {
  const results = new Map<Target, Result>(
    group.targets.map((target) => [target, stopped("nothing was begun")]),
  );
  for (const command of group.commands) {
    const invocations = new Map(group.targets.map((target) => [target, command.invocation]));
    const ran = await runCommand(command, invocations, { run, path: [] });
    for (const [target, result] of ran) results.set(target, result);
    const failed = [...ran].find(([, { kind }]) => kind !== "done");
    if (failed && command !== group.commands.at(-1)) {
      const because = `'${command.name}' failed on ${failed[0].host.name}`;
      for (const [target, { kind }] of ran) if (kind === "done") results.set(target, stopped(because));
    }
    if (failed) break;
  }
  return results;
}
