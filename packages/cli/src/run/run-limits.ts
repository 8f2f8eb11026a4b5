import type { RunSettings } from "@hostout/engine";
import type { GlobalFlags } from "../line/global-flags.ts";

/** How many hosts at a time, how they follow each other, and what a run bears. */
export type RunLimits = Pick<
  RunSettings,
  "jobs" | "batch" | "canary" | "pauseMs" | "maxFailures" | "undo" | "retries"
>;

export function limitsOf({
  jobs,
  batch,
  canary,
  pauseSeconds,
  maxFailures,
  noUndo,
  retries,
}: GlobalFlags): RunLimits {
  return {
    ...(jobs !== undefined && { jobs }),
    ...(batch && { batch }),
    ...(canary !== undefined && { canary }),
    ...(pauseSeconds !== undefined && { pauseMs: pauseSeconds * 1000 }),
    ...(maxFailures && { maxFailures }),
    ...(noUndo && { undo: false }),
    ...(retries !== undefined && { retries }),
  };
}
