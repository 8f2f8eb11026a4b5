import type { TargetReport } from "./events.ts";
import { HostoutError } from "./hostout-error.ts";
import type { Target } from "./plan.ts";
import type { Outcome } from "./plugin.ts";
import { reportError } from "./report-error.ts";

/** What a command came to on one target. `stopped`: it was not begun, or not gone on with, because of others. */
export type Result =
  | { readonly kind: "done"; readonly outcome: Outcome }
  | { readonly kind: "failed"; readonly error: unknown }
  | { readonly kind: "stopped"; readonly error: unknown };

export type Results = ReadonlyMap<Target, Result>;

/** Thrown by the `next()` of a target that did not fail itself. */
class Stopped extends HostoutError {}

export function stopped(because: string): Result {
  return {
    kind: "stopped",
    error: new Stopped({ code: "refused", message: `not gone on with, because ${because}` }),
  };
}

export function interrupted(): Result {
  return { kind: "stopped", error: new HostoutError({ code: "interrupted", message: "interrupted" }) };
}

/** What a target that threw `error` came to. */
export function failedWith(error: unknown): Result {
  return { kind: error instanceof Stopped ? "stopped" : "failed", error };
}

/** The outcome of a result, or its error thrown. */
export function outcomeOf(result: Result): Outcome {
  if (result.kind === "done") return result.outcome;
  throw result.error;
}

/** `unchanged` when nothing was done anywhere, `skipped` when nothing was to be done, else `ok`. */
export function combineOutcomes(outcomes: readonly Outcome[]): Outcome {
  if (outcomes.length === 1) return outcomes[0]!;
  if (outcomes.length > 0 && outcomes.every(({ status }) => status === "skipped"))
    return { status: "skipped" };
  if (outcomes.length > 0 && outcomes.every(({ status }) => status !== "ok")) return { status: "unchanged" };
  return { status: "ok" };
}

const unreachableCodes: ReadonlySet<string> = new Set([
  "unreachable",
  "host-key",
  "login-refused",
  "connection-lost",
]);

/** What is told of a target at the end of a run. */
export function targetReport(target: Target, result: Result): TargetReport {
  const place = { site: target.site.name, host: target.host.name };
  if (result.kind === "done") return { ...place, status: "ok" };
  const error = reportError(result.error);
  if (result.kind === "stopped") return { ...place, status: "not-run", error };
  return { ...place, status: unreachableCodes.has(error.code) ? "unreachable" : "failed", error };
}
