import {
  type ErrorReport,
  HostoutError,
  isHostoutError,
  type Outcome,
  reportError,
  type Target,
  type TargetReport,
} from "@hostout/kit";

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

/** The run was ended, by its user or because its time was over. `command`: what was going on there. */
export function interrupted({ reason }: AbortSignal, command?: string): Result {
  if (isHostoutError(reason)) return { kind: command === undefined ? "stopped" : "failed", error: reason };
  const message = command === undefined ? "interrupted" : `interrupted in '${command}'`;
  return { kind: "stopped", error: new HostoutError({ code: "interrupted", message }) };
}

/** The run was ended, when a target had come through `command` and not begun what comes after it. */
export function interruptedAfter(signal: AbortSignal, command: string): Result {
  if (isHostoutError(signal.reason)) return interrupted(signal);
  const message = `interrupted after '${command}'`;
  return { kind: "stopped", error: new HostoutError({ code: "interrupted", message }) };
}

/** What a task that threw `error` came to, in a run that was ended: where it came up says more than what it is within. */
export function interruptedBy(error: unknown, signal: AbortSignal, command: string): Result {
  const isPlaced = isHostoutError(error) && error.code === "interrupted" && error.message !== "interrupted";
  return isPlaced && isInterrupted(signal) ? { kind: "stopped", error } : interrupted(signal, command);
}

/** Whether a run was ended by its user. */
export function isInterrupted({ aborted, reason }: AbortSignal): boolean {
  return aborted && !isHostoutError(reason);
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

/** The first target that failed, else the first that was stopped. */
export function firstFailure(results: Results): Target | undefined {
  for (const kind of ["failed", "stopped"]) {
    for (const [target, result] of results) if (result.kind === kind) return target;
  }
  return undefined;
}

/** What a target came to that failed and was to go back: that it could not counts as much as why it had to. */
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

/** A check that fails after the way back says that it went back, and that the check fails there too. */
export function howItWentBack({ code, message, host }: ErrorReport): string {
  if (code !== "verify-failed") return `and it could not go back: ${message}`;
  return host !== undefined && message.startsWith(`${host}: `) ? message.slice(host.length + 2) : message;
}

/** The targets that came through. */
export function survivorsOf(results: Results): readonly Target[] {
  return [...results].flatMap(([target, { kind }]) => (kind === "done" ? [target] : []));
}

/** The same results, where those that are done are stopped because of others. */
export function stopOthers(results: Results, because: string): Results {
  return new Map(
    [...results].map(([target, result]) => [target, result.kind === "done" ? stopped(because) : result]),
  );
}

export function sameForAll(targets: Iterable<Target>, result: Result): Results {
  return new Map([...targets].map((target) => [target, result]));
}

/**
 * What a command came to over several targets: how each of those that came through ended. The first failure is thrown
 * where the run does not bear it, or none came through.
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
  // What one of several hosts found out is not what the command did.
  return { ...(outcomes.length === 1 ? combined : { status: combined.status }), hosts };
}

/** `unchanged` when nothing was done anywhere, `skipped` when nothing was to be done, else `ok`; the value is the last one there is, with its note. */
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

/** Whether a target could not be reached: nothing can be done there. */
export function isUnreachable(result: Result): boolean {
  return result.kind !== "done" && unreachableCodes.has(reportError(result.error).code);
}

/** What is told of a target at the end of a run. */
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
