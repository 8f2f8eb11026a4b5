import { type ConfigError, formatOrigin } from "@hostout/config";
import { blameOf } from "./blame.ts";
import type { ErrorReport } from "./events.ts";
import { isHostoutError } from "./hostout-error.ts";

/** An error as data. What is neither a HostoutError nor a fault of a configuration is one of hostout or of a plugin, `internal`. */
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

/** Works across two copies of the package, which `instanceof` does not. */
function isConfigError(error: unknown): error is ConfigError {
  return error instanceof Error && error.name === "ConfigError";
}

/** What the system says of this machine's disk: nobody's fault here. */
function isFull(error: unknown): error is Error {
  return error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT");
}
