import type { Connections } from "./connections.ts";
import type { Emit, TargetReport } from "./events.ts";
import type { Plan } from "./plan.ts";

export interface RunSettings {
  readonly plan: Plan;
  readonly connections: Connections;
  readonly emit: Emit;
  /** Hosts that do something at one time. Default 32. */
  readonly jobs?: number;
  /** Aborted: no new work begins, what runs is told, the run ends as interrupted. */
  readonly signal?: AbortSignal;
  /** Whether only what would be done is to be told. */
  readonly dryRun?: boolean;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

export interface RunSummary {
  readonly targets: readonly TargetReport[];
  /** See `exit-code.ts`. */
  readonly exitCode: number;
  readonly durationMs: number;
}

/** Carries out a plan and tells the events of its tasks (`task.*`, `output`, `progress`). Never throws for what a host does. */
export async function runPlan(_settings: RunSettings): Promise<RunSummary> {
  throw new Error("not there yet");
}
