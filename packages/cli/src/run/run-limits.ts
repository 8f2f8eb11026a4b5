import type { RunSettings } from "@hostout/engine";
import { globalFlagTable } from "../line/global-flag-table.ts";
import type { GlobalFlags } from "../line/global-flags.ts";

/** The limits of a run: hosts at a time, batches, failures and retries. */
export type RunLimits = Pick<
  RunSettings,
  "jobs" | "batch" | "canary" | "pauseMs" | "maxFailures" | "undo" | "retries"
>;

/** Returns the limits that the flags set. */
export function limitsOf(flags: GlobalFlags): RunLimits {
  const limits = globalFlagTable.flatMap((flag) => {
    const value = flags[flag.setting];
    return "limit" in flag && value !== undefined ? [flag.limit(value as never)] : [];
  });
  return Object.assign({}, ...limits);
}
