import { type AnyCommand, isHostoutError, type Outcome, reportError } from "@hostout/kit";
import type { Run } from "./run.ts";

/** Errors that may pass. A refusal (of a password, a host key, a wrong option) would only happen again. */
const passing: ReadonlySet<string> = new Set([
  "failed",
  "command-failed",
  "transfer-failed",
  "timeout",
  "unreachable",
  "connection-lost",
  "locked",
  "verify-failed",
]);

const longestMs = 30_000;

/**
 * Returns how often a failed command may run again. Only for a command that declares that it may start twice.
 */
export function retriesOf({ retries = 0, idempotent, readOnly }: AnyCommand, run: Run): number {
  return Math.max(retries, idempotent || readOnly ? run.retries : 0);
}

/**
 * Does `work`, and repeats it after 1 s, 2 s, 4 s, … up to 30 s while it fails with an error that may pass.
 */
export async function withRetries(
  work: () => Promise<Outcome>,
  {
    run,
    retries,
    tell,
  }: { readonly run: Run; readonly retries: number; readonly tell: (line: string) => void },
): Promise<Outcome> {
  for (let tried = 0; ; tried++) {
    try {
      return await work();
    } catch (error) {
      const mayPass = isHostoutError(error) && passing.has(error.code);
      if (tried >= retries || !mayPass || run.signal.aborted) throw error;
      const waitMs = Math.min(1000 * 2 ** tried, longestMs);
      tell(`${reportError(error).message}; trying again in ${waitMs / 1000} s (${tried + 1} of ${retries})`);
      await run.wait(waitMs);
    }
  }
}
