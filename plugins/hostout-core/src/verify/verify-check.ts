import { type Connection, type Host, HostoutError } from "@hostout/kit";
import type { Attempt } from "./attempt.ts";
import { type Check, nameOf, urlFor } from "./check.ts";
import { tryCommand } from "./try-command.ts";
import { tryUrl } from "./try-url.ts";

const requestMs = 5000;
const leastMs = 1000;
const leastPauseMs = 50;
const pauseMs = { url: 500, command: 1000 } as const;

/** Where a check is tried, and until when. */
export interface VerifySettings {
  readonly remote: Connection;
  readonly local: Connection;
  readonly host: Pick<Host, "address">;
  /** Where commands run. */
  readonly folder: string;
  readonly signal: AbortSignal;
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
export async function verifyCheck(check: Check, settings: VerifySettings): Promise<Held> {
  const { signal, deadlineMs, now, wait } = settings;
  const beganMs = now();
  for (let tries = 1; ; tries++) {
    refuseWhenAborted(signal);
    const startedMs = now();
    // One that begins just before the end, or with no time at all, has a chance too.
    const limitMs = Math.max(deadlineMs - startedMs, leastMs);
    const attempt = await attemptOf(check, settings, limitMs).catch((error) => {
      refuseWhenAborted(signal);
      throw error;
    });
    if (attempt.held) return { said: attempt.said, durationMs: now() - startedMs, tries };
    const leftMs = deadlineMs - now();
    if (leftMs < leastPauseMs) throw failure(check, settings, attempt, now() - beganMs);
    // The last try begins when the time is over.
    await wait(Math.min(pauseMs[check.kind], leftMs));
  }
}

function attemptOf(
  check: Check,
  { remote, local, host, folder, signal }: VerifySettings,
  limitMs: number,
): Promise<Attempt> {
  if (check.kind === "command") {
    return tryCommand(check.line, folder, remote.as("effective"), signal, limitMs);
  }
  const machine = check.from === "host" ? remote : local;
  return tryUrl(check, urlFor(check, host), machine, signal, Math.min(limitMs, requestMs));
}

function failure(
  check: Check,
  { remote, host }: VerifySettings,
  { found, hint }: Attempt & { readonly held: false },
  durationMs: number,
): HostoutError {
  const seconds = (durationMs / 1000).toFixed(1).replace(/\.0$/, "");
  return new HostoutError({
    code: "verify-failed",
    message: `${remote.name}: verify ${nameOf(check, host)}: expected ${expected(check)}, but ${found} (tried for ${seconds} s)`,
    hint: hint ?? "If the site only needs longer to start, raise the option verify-timeout.",
    origin: check.origin,
    host: remote.name,
  });
}

function expected(check: Check): string {
  if (check.kind === "command") return "it to succeed";
  return check.text === undefined ? check.status.text : `${check.status.text} with '${check.text}'`;
}

function refuseWhenAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new HostoutError({ code: "interrupted", message: "interrupted" });
}
