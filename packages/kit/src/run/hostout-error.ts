import type { Origin } from "@hostout/config";

/**
 * Every fault that hostout reports on purpose, with the exit code that it stands for.
 *
 * 1 a fault of hostout · 2 usage or configuration · 3 and 4 are counted over hosts (`exit-code.ts`) ·
 * 5 locked · 6 unreachable · 7 verification failed · 130 interrupted.
 */
export const errorCodes = {
  usage: 2,
  "bad-config": 2,
  "bad-option": 2,
  "unknown-site": 2,
  "unknown-command": 2,
  "plugin-missing": 2,
  "plugin-broken": 2,
  "no-input": 2,
  /** Something on this machine keeps a package from being made. */
  "not-packaged": 2,
  internal: 1,
  failed: 4,
  "command-failed": 4,
  "transfer-failed": 4,
  "sudo-refused": 4,
  "disk-full": 4,
  refused: 4,
  timeout: 4,
  locked: 5,
  unreachable: 6,
  "host-key": 6,
  "login-refused": 6,
  "connection-lost": 6,
  "verify-failed": 7,
  interrupted: 130,
} as const;

export type ErrorCode = keyof typeof errorCodes;

export interface ErrorDetails {
  readonly code: ErrorCode;
  /** What went wrong, one sentence without a full stop. */
  readonly message: string;
  /** What to try, one sentence. */
  readonly hint?: string | undefined;
  /** Place in a configuration file. */
  readonly origin?: Origin | undefined;
  /** Label of the machine. */
  readonly host?: string | undefined;
  /** Of a command that failed: the status that it exited with. */
  readonly status?: number | undefined;
  readonly cause?: unknown;
}

/** A fault told to the user as what, where and what to try; never with a stack trace. */
export class HostoutError extends Error {
  override readonly name = "HostoutError";
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly origin: Origin | undefined;
  readonly host: string | undefined;
  readonly status: number | undefined;

  constructor(details: ErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = details.code;
    this.hint = details.hint;
    this.origin = details.origin;
    this.host = details.host;
    this.status = details.status;
  }

  get exitCode(): number {
    return errorCodes[this.code];
  }
}

/** Works across two copies of this package, which `instanceof` does not. */
export function isHostoutError(error: unknown): error is HostoutError {
  return error instanceof Error && error.name === "HostoutError" && "code" in error;
}
