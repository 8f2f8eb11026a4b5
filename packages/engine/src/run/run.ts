import type { Connections, Emit, Outcome, Site, Target } from "@hostout/kit";
import type { Budget } from "../pace/budget.ts";
import type { Exclusive } from "../pace/exclusive.ts";
import type { Gate } from "../pace/gate.ts";
import type { Memory } from "../pace/memory.ts";
import type { PartOfHosts } from "../pace/part-of-hosts.ts";

/** How the hosts of a rolling part follow each other. */
export interface Rolling {
  /** How many hosts it takes at a time. */
  readonly batch: PartOfHosts;
  /** Hosts of a first batch of its own; 0: there is none. */
  readonly canary: number;
  /** Milliseconds between batches. */
  readonly pauseMs: number;
  /** Whether hosts that had come through go back when the budget is spent, where the part says how. */
  readonly undo: boolean;
}

/** Says what is done on a target at a place of the plan, in a run that this one goes on with. */
export type DoneBefore = (target: Target, step: string) => Outcome | undefined;

/** What all tasks of a run share. */
export interface Run {
  /** Of the run, or of the first one where this goes on with another. */
  readonly id: string;
  readonly connections: Connections;
  readonly emit: Emit;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Resolves after that time, or when the run is to end. */
  readonly wait: (ms: number) => Promise<void>;
  readonly signal: AbortSignal;
  /** Aborted when no new work is to begin; what must not be cut short is awaited before `signal` is. */
  readonly stopping: AbortSignal;
  /** Keeps `signal` from being aborted by an interrupt until what it returns is called. */
  readonly hold: () => () => void;
  readonly dryRun: boolean;
  readonly gate: Gate;
  readonly exclusive: Exclusive;
  readonly memory: Memory;
  readonly rolling: Rolling;
  readonly budget: Budget;
  /** Whether hosts that wait for a place do not begin any more once the budget is spent. */
  readonly stopsWaiting: boolean;
  /** How often a command that may be repeated is tried again. */
  readonly retries: number;
  readonly doneBefore: DoneBefore;
  /** The hosts of another site of the configuration: those of the run where it has them. */
  readonly targetsOf: (from: Site, name: string) => Promise<readonly Target[]>;
  /** A number that no other task of the run has. */
  readonly newTask: () => number;
}
