import type { Connections, Emit, Outcome, Site, Target } from "@hostout/kit";
import type { Budget } from "../pace/budget.ts";
import type { Exclusive } from "../pace/exclusive.ts";
import type { Gate } from "../pace/gate.ts";
import type { Memory } from "../pace/memory.ts";
import type { PartOfHosts } from "../pace/part-of-hosts.ts";

/** The pace of a rolling part. */
export interface Rolling {
  /** Number of hosts in a batch. */
  readonly batch: PartOfHosts;
  /** Number of hosts in a first batch of its own. 0: no such batch. */
  readonly canary: number;
  /** Milliseconds between batches. */
  readonly pauseMs: number;
  /**
   * Whether successful hosts roll back once the failure budget is spent. Only for a part with `undo` steps.
   */
  readonly undo: boolean;
}

/** Returns the outcome of a step on a target, if the resumed run already finished it. */
export type DoneBefore = (target: Target, step: string) => Outcome | undefined;

/** The state that all tasks of a run share. */
export interface Run {
  /** Identifies the run. A resumed run keeps the id of the first run. */
  readonly id: string;
  readonly connections: Connections;
  readonly emit: Emit;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Resolves after `ms` milliseconds, or earlier when the run must end. */
  readonly wait: (ms: number) => Promise<void>;
  readonly signal: AbortSignal;
  /** Aborted when no new work may start. `signal` waits until work that is held has ended. */
  readonly stopping: AbortSignal;
  /** Keeps an interrupt from aborting `signal` until the caller calls the returned function. */
  readonly hold: () => () => void;
  readonly dryRun: boolean;
  readonly gate: Gate;
  readonly exclusive: Exclusive;
  readonly memory: Memory;
  readonly rolling: Rolling;
  readonly budget: Budget;
  /** Asks the user to agree to a change. Undefined: nobody can be asked. */
  readonly confirm: ((question: string) => Promise<boolean>) | undefined;
  /** Whether hosts that wait for a place stay out once the failure budget is spent. */
  readonly stopsWaiting: boolean;
  /** Number of retries of a repeatable command. */
  readonly retries: number;
  readonly doneBefore: DoneBefore;
  /**
   * Returns the hosts of another site of the configuration. Uses the run's own hosts if the site is part of
   * the run.
   */
  readonly targetsOf: (from: Site, name: string) => Promise<readonly Target[]>;
  /** Returns a task number that is unique in the run. */
  readonly newTask: () => number;
}
