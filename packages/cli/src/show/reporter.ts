import type { Emit } from "@hostout/kit";

/** Shows the events of a run to the user. */
export interface Reporter {
  readonly emit: Emit;
  /** Frees the terminal for a question or a remote shell. Returns a function that takes it back. */
  readonly pause: () => () => void;
  /** Ends the display, after the last event. */
  readonly close: () => Promise<void>;
}
