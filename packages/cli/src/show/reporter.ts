import type { Emit } from "@hostout/kit";

/** Turns the events of a run into what the user sees. */
export interface Reporter {
  readonly emit: Emit;
  /** Leaves the terminal to someone else: a question, a remote shell. What it returns takes it back. */
  readonly pause: () => () => void;
  /** After the last event. */
  readonly close: () => Promise<void>;
}
