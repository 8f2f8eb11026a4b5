import { type ConfigError, formatOrigin } from "@hostout/config";
import { blameOf } from "./blame.ts";
import type { ErrorReport } from "./events.ts";
import { isHostoutError } from "./hostout-error.ts";

/**
 * Converts an error to data. An error that is neither a HostoutError nor a configuration error gets the code
 * `internal`: hostout or a plugin has a fault.
 */
export function reportError(error: unknown): ErrorReport {
  const place = blameOf(error) ?? {};
  if (isHostoutError(error)) {
    const { code, message, hint, origin, host } = error;
    return { code, message, hint, host, origin: origin && formatOrigin(origin), ...place };
  }
  if (isConfigError(error)) {
    const { message, hint, origin } = error;
    return { code: "bad-config", message, hint, origin: origin && formatOrigin(origin), ...place };
  }
  if (isFull(error)) {
    const message = `no room is left on this machine: ${error.message}`;
    return { code: "disk-full", message, hint: "Free space there, or name another folder in TMPDIR." };
  }
  const message =
    error instanceof Error || (typeof error === "object" && error !== null && "message" in error)
      ? String(error.message)
      : String(error);
  return { code: "internal", message, ...place };
}

/** Works across two copies of the package, unlike `instanceof`. */
function isConfigError(error: unknown): error is ConfigError {
  return error instanceof Error && error.name === "ConfigError";
}

/** Whether the disk or the quota of this machine is full. Such an error is not a fault of hostout. */
function isFull(error: unknown): error is Error {
  return error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT");
}
