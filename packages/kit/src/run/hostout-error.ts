import type { Origin } from "@hostout/config";

/**
 * Every error code that hostout reports on purpose, with its exit code.
 *
 * 1: an internal error of hostout. 2: usage or configuration. 3 and 4: depends on the number of failed hosts
 * (`exit-code.ts`). 5: locked. 6: unreachable. 7: a health check failed. 130: interrupted.
 */
export const errorCodes = {
  usage: 2,
  "bad-config": 2,
  "bad-option": 2,
  "unknown-site": 2,
  "unknown-host": 2,
  "unknown-command": 2,
  "plugin-missing": 2,
  "plugin-broken": 2,
  "no-input": 2,
  /** The login user of the site cannot log in: `setup` prepares such a host. */
  "not-set-up": 2,
  /** Something on this machine prevents the build of a package. */
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
  /** The failure in one sentence, without a full stop. */
  readonly message: string;
  /** The thing to try, in one sentence. */
  readonly hint?: string | undefined;
  /** Place in a configuration file. */
  readonly origin?: Origin | undefined;
  /** Label of the machine. */
  readonly host?: string | undefined;
  /** Exit status of a command that failed. */
  readonly status?: number | undefined;
  readonly cause?: unknown;
}

/**
 * An error for the user: the failure, its place, and the thing to try. hostout never prints its stack trace.
 */
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

/** Whether `error` is a HostoutError. Works across two copies of this package. */
export function isHostoutError(error: unknown): error is HostoutError {
  return error instanceof Error && error.name === "HostoutError" && "code" in error;
}

// `instanceof` too works across copies: hostout and a plugin may have one each. Classes below this one inherit it.
Object.defineProperty(HostoutError, Symbol.hasInstance, {
  value(this: unknown, error: unknown): boolean {
    return this === HostoutError
      ? isHostoutError(error)
      : Function.prototype[Symbol.hasInstance].call(this as never, error);
  },
});
