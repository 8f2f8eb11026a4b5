import { formatOrigin } from "@hostout/config";
import { blameOf } from "./blame.ts";
import type { ErrorReport } from "./events.ts";
import { isHostoutError } from "./hostout-error.ts";

/** An error as data. What is no HostoutError is a fault of hostout or of a plugin, `internal`. */
export function reportError(error: unknown): ErrorReport {
  const place = blameOf(error) ?? {};
  if (isHostoutError(error)) {
    const { code, message, hint, origin, host } = error;
    return { code, message, hint, host, origin: origin && formatOrigin(origin), ...place };
  }
  const message =
    error instanceof Error || (typeof error === "object" && error !== null && "message" in error)
      ? String(error.message)
      : String(error);
  return { code: "internal", message, ...place };
}
