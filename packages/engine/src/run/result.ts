import {
  type ErrorReport,
  HostoutError,
  isHostoutError,
  type Outcome,
  reportError,
  type Target,
  type TargetReport,
} from "@hostout/kit";

/** The result of a command on one target. `stopped`: other hosts kept it from starting or from continuing. */
export type Result =
  | { readonly kind: "done"; readonly outcome: Outcome }
  | { readonly kind: "failed"; readonly error: unknown }
  | { readonly kind: "stopped"; readonly error: unknown };

export type Results = ReadonlyMap<Target, Result>;

/** Thrown by the `next()` of a target that did not fail itself. */
class Stopped extends HostoutError {}

export function stopped(because: string, hint?: string): Result {
  return {
    kind: "stopped",
    error: new Stopped({ code: "refused", message: because, hint }),
  };
}

/**
 * The result of a target when the user interrupts the run or its time is over. `command` is the command that
 * ran there.
 */
export function interrupted({ reason }: AbortSignal, command?: string): Result {
  if (isHostoutError(reason)) return { kind: command === undefined ? "stopped" : "failed", error: reason };
  const message = command === undefined ? "interrupted" : `interrupted in '${command}'`;
  return { kind: "stopped", error: new HostoutError({ code: "interrupted", message }) };
}

/** The result of a target that the end of the run reached after `command` and before the next one. */
export function interruptedAfter(signal: AbortSignal, command: string): Result {
  if (isHostoutError(signal.reason)) return interrupted(signal);
  const message = `interrupted after '${command}'`;
  return { kind: "stopped", error: new HostoutError({ code: "interrupted", message }) };
}

/**
 * The result of a task that threw `error` in a run that ended. If the error names the place of the interrupt,
 * it is more exact than the outer command.
 */
export function interruptedBy(error: unknown, signal: AbortSignal, command: string): Result {
  const isPlaced = isHostoutError(error) && error.code === "interrupted" && error.message !== "interrupted";
  return isPlaced && isInterrupted(signal) ? { kind: "stopped", error } : interrupted(signal, command);
}

/** Whether the user interrupted the run. */
export function isInterrupted({ aborted, reason }: AbortSignal): boolean {
  return aborted && !isHostoutError(reason);
}

/** The result of a target that threw `error`. */
export function failedWith(error: unknown): Result {
  return { kind: error instanceof Stopped ? "stopped" : "failed", error };
}

/** Returns the outcome of a result, or throws its error. */
export function outcomeOf(result: Result): Outcome {
  if (result.kind === "done") return result.outcome;
  throw result.error;
}

/** Finds the first target that failed, else the first that was stopped. */
export function firstFailure(results: Results): Target | undefined {
  for (const kind of ["failed", "stopped"]) {
    for (const [target, result] of results) if (result.kind === kind) return target;
  }
  return undefined;
}

/** The result of a host that failed and then failed to roll back: both errors, in one message. */
export function withWayBack(result: Result, back: Result): Result {
  if (result.kind === "done" || back.kind === "done") return result;
  const [first, second] = [reportError(result.error), reportError(back.error)];
  if (first.code === "internal") return result;
  return failedWith(
    new HostoutError({
      code: first.code === second.code ? first.code : "failed",
      message: `${first.message}; ${howItWentBack(second)}`,
      hint: second.hint ?? first.hint,
      origin: isHostoutError(result.error) ? result.error.origin : undefined,
      host: first.host,
      cause: result.error,
    }),
  );
}

/**
 * Describes a failed rollback. A check that fails after the rollback has a message of its own, which reports
 * both.
 */
export function howItWentBack({ code, message, host }: ErrorReport): string {
  if (code !== "verify-failed") return `and the rollback failed: ${message}`;
  return host !== undefined && message.startsWith(`${host}: `) ? message.slice(host.length + 2) : message;
}

/** Returns the targets on which the command succeeded. */
export function survivorsOf(results: Results): readonly Target[] {
  return [...results].flatMap(([target, { kind }]) => (kind === "done" ? [target] : []));
}

/** Returns the same results, with `stopped` in place of `done`. */
export function stopOthers(results: Results, because: string): Results {
  return new Map(
    [...results].map(([target, result]) => [target, result.kind === "done" ? stopped(because) : result]),
  );
}

export function sameForAll(targets: Iterable<Target>, result: Result): Results {
  return new Map([...targets].map((target) => [target, result]));
}

/**
 * Combines the results of a command over several targets into one outcome, with the outcome of each
 * successful target. Throws the first failure unless the failure budget allows it and at least one target
 * succeeded.
 */
export function outcomeOfAll(results: Results, isBorne: boolean): Outcome {
  const failure = firstFailure(results);
  const survivors = survivorsOf(results);
  if (failure && (!isBorne || survivors.length === 0)) return outcomeOf(results.get(failure)!);
  const outcomes = survivors.map((target) => ({ target, outcome: outcomeOf(results.get(target)!) }));
  const hosts = outcomes.map(({ target, outcome: { status, value } }) => {
    return { site: target.site.name, host: target.host.name, status, ...(value !== undefined && { value }) };
  });
  const combined = combineOutcomes(outcomes.map(({ outcome }) => outcome));
  // The value of one host among several is not the value of the command.
  return { ...(outcomes.length === 1 ? combined : { status: combined.status }), hosts };
}

/**
 * Combines outcomes. `unchanged` when no work was done anywhere, `skipped` when no step applied, else `ok`.
 * The value is the last one that exists, with its note.
 */
export function combineOutcomes(outcomes: readonly Outcome[]): Outcome {
  if (outcomes.length === 1) return outcomes[0]!;
  const last = outcomes.findLast((outcome) => outcome.value !== undefined);
  const status = combineStatus(outcomes.map((outcome) => outcome.status));
  return { status, ...(last && { value: last.value, note: last.note }) };
}

function combineStatus(all: readonly Outcome["status"][]): Outcome["status"] {
  if (all.length > 0 && all.every((status) => status === "skipped")) return "skipped";
  return all.length > 0 && all.every((status) => status !== "ok") ? "unchanged" : "ok";
}

const unreachableCodes: ReadonlySet<string> = new Set([
  "unreachable",
  "host-key",
  "login-refused",
  "connection-lost",
]);

/** Whether a target was unreachable. The run can then do no more there. */
export function isUnreachable(result: Result): boolean {
  return result.kind !== "done" && unreachableCodes.has(reportError(result.error).code);
}

/** Makes the report on a target for the end of a run. */
export function targetReport(target: Target, result: Result, live: string | null | undefined): TargetReport {
  const place = { site: target.site.name, host: target.host.name, ...(live !== undefined && { live }) };
  if (result.kind === "done") {
    const { value, note } = result.outcome;
    return { ...place, status: "ok", ...(value !== undefined && { value, ...(note && { note }) }) };
  }
  const error = reportError(result.error);
  if (result.kind === "stopped") return { ...place, status: "not-run", error };
  return { ...place, status: isUnreachable(result) ? "unreachable" : "failed", error };
}
