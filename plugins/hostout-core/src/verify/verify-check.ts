import { type Attempt, type CheckContext, HostoutError, type Origin, type SiteCheck } from "@hostout/kit";

const leastMs = 1000;
const leastPauseMs = 50;
const defaultPauseMs = 1000;

/** Where a check is tried, and until when. */
export interface VerifySettings extends Omit<CheckContext, "limitMs"> {
  /** Where the line stands. */
  readonly origin: Origin | undefined;
  /** When the last try begins, by the clock `now`. */
  readonly deadlineMs: number;
  readonly now: () => number;
  /** Resolves after that time, or when `signal` is aborted. */
  readonly wait: (ms: number) => Promise<void>;
}

/** How a check came to hold. */
export interface Held {
  /** `200`, `succeeded` */
  readonly said: string;
  /** How long the try took that held. */
  readonly durationMs: number;
  readonly tries: number;
}

/**
 * Tries a check until it holds.
 *
 * @throws HostoutError `verify-failed` when it does not in time, `interrupted`, and at once what time does not mend
 */
export async function verifyCheck(check: SiteCheck, settings: VerifySettings): Promise<Held> {
  const { signal, deadlineMs, now, wait } = settings;
  const beganMs = now();
  for (let tries = 1; ; tries++) {
    refuseWhenAborted(signal);
    const startedMs = now();
    // One that begins just before the end, or with no time at all, has a chance too.
    const limitMs = Math.max(deadlineMs - startedMs, leastMs);
    const attempt = await check.attempt({ ...settings, limitMs }).catch((error) => {
      refuseWhenAborted(signal);
      throw error;
    });
    if (attempt.held) return { said: attempt.said, durationMs: now() - startedMs, tries };
    const leftMs = deadlineMs - now();
    if (leftMs < leastPauseMs) throw failure(check, settings, attempt, now() - beganMs);
    // The last try begins when the time is over.
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
