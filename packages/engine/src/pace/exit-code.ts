import { errorCodes, type TargetReport } from "@hostout/kit";

/**
 * Computes the exit code of a run from the results of its hosts. 0: none failed. 130: interrupted. 6: every
 * failed host was unreachable. 1 or 2: hostout, or usage or configuration, caused every failure. 5 or 7:
 * every failed host was locked, or failed its check. 4: all failed. 3: some failed.
 */
export function exitCodeOf(targets: readonly TargetReport[], interrupted: boolean): number {
  if (interrupted) return errorCodes.interrupted;
  const failed = targets.filter(({ status }) => status === "failed" || status === "unreachable");
  if (failed.length === 0) return targets.some(({ status }) => status === "not-run") ? 3 : 0;
  if (failed.every(({ status }) => status === "unreachable")) return errorCodes.unreachable;
  const codes = new Set(failed.map(({ error }) => errorCodes[error?.code ?? "failed"]));
  for (const code of [
    errorCodes.internal,
    errorCodes.usage,
    errorCodes.locked,
    errorCodes["verify-failed"],
  ]) {
    if (codes.size === 1 && codes.has(code)) return code;
  }
  return failed.length === targets.length ? 4 : 3;
}
