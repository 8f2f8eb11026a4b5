import type { Connections } from "./connections.ts";
import type { Emit } from "./events.ts";
import type { Exclusive } from "./exclusive.ts";
import type { Gate } from "./gate.ts";
import type { Batch } from "./run-steps.ts";

/** What all tasks of a run share. */
export interface Run {
  readonly connections: Connections;
  readonly emit: Emit;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly dryRun: boolean;
  readonly gate: Gate;
  readonly exclusive: Exclusive;
  readonly batch: Batch;
  /** A number that no other task of the run has. */
  readonly newTask: () => number;
}
