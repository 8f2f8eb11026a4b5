import { type Attempt, type CheckContext, HostoutError, type Origin, type SiteCheck } from "@hostout/kit";

const leastMs = 1000;
const leastPauseMs = 50;
const defaultPauseMs = 1000;

/** The machine, the site and the time limits of a check. */
export interface VerifySettings extends Omit<CheckContext, "limitMs"> {
  /** The file and line of the option. */
  readonly origin: Origin | undefined;
  /** The start of the last attempt, in the time of `now`. */
  readonly deadlineMs: number;
  readonly now: () => number;
  /** Resolves after that time, or when `signal` aborts. */
  readonly wait: (ms: number) => Promise<void>;
}

/** The result of a check that passed. */
export interface Held {
  /** The answer: `200`, `succeeded`. */
  readonly said: string;
  /** The duration of the attempt that passed. */
  readonly durationMs: number;
  readonly tries: number;
}

/**
 * Repeats a check until it passes.
 *
 * @throws HostoutError `verify-failed` after the deadline, `interrupted`, and at once an error that time does
 * not fix
 */
export async function verifyCheck(check: SiteCheck, settings: VerifySettings): Promise<Held> {
  const { signal, deadlineMs, now, wait } = settings;
  const beganMs = now();
  for (let tries = 1; ; tries++) {
    refuseWhenAborted(signal);
    const startedMs = now();
    // An attempt that starts at the deadline still gets enough time to succeed.
    const limitMs = Math.max(deadlineMs - startedMs, leastMs);
    const attempt = await check.attempt({ ...settings, limitMs }).catch((error) => {
      refuseWhenAborted(signal);
      throw error;
    });
    if (attempt.held) return { said: attempt.said, durationMs: now() - startedMs, tries };
    const leftMs = deadlineMs - now();
    if (leftMs < leastPauseMs) throw failure(check, settings, attempt, now() - beganMs);
    // The last attempt starts at the deadline.
    await wait(Math.min(check.pauseMs ?? defaultPauseMs, leftMs));
  }
}

function failure(
  check: SiteCheck,
  { remote, host, origin }: VerifySettings,
  { found, hint }: Attempt & { readonly held: false },
  durationMs: number,
): HostoutError {
  const seconds = (durationMs / 1000).toFixed(1).replace(/\.0$/, "");
  return new HostoutError({
    code: "verify-failed",
    message: `${remote.name}: verify ${check.name(host)}: expected ${check.expected}, but ${found} (tried for ${seconds} s)`,
    hint: hint ?? "If the site only needs longer to start, raise the option verify-timeout.",
    origin,
    host: remote.name,
  });
}

function refuseWhenAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new HostoutError({ code: "interrupted", message: "interrupted" });
}
