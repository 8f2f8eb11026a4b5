import type { ConfigError } from "@hostout/config";
import { formatOrigin, isHostoutError, type Origin, reportError } from "@hostout/kit";
import type { Style } from "./style.ts";
import { visibleText } from "./visible-text.ts";

/**
 * Returns an error as text: the failure, its place, and one thing to try. Prints a stack trace only with
 * HOSTOUT_DEBUG.
 */
export function showError(
  error: unknown,
  style: Style,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const known = isHostoutError(error) || isConfigError(error);
  const { message, origin, hint } = describe(error);
  const lines = [`${style.red("hostout:")} ${visibleText(message)}`];
  if (isConfigError(error)) lines.push(...error.explain().map(visibleText));
  else {
    if (origin) lines.push(`  at ${visibleText(formatOrigin(origin))}`);
    if (hint) lines.push(`  try: ${visibleText(hint)}`);
  }
  if (!known) lines.push("  This is a fault of hostout. HOSTOUT_DEBUG=1 shows where.");
  if (environment.HOSTOUT_DEBUG && error instanceof Error)
    lines.push(error.stack ?? "", String(error.cause ?? ""));
  return `${lines.join("\n")}\n`;
}

/** Returns an error as data. */
export function errorData(error: unknown): object {
  return isConfigError(error) ? { code: "bad-config", ...error.toJSON() } : reportError(error);
}

function describe(error: unknown): {
  readonly message: string;
  readonly origin?: Origin;
  readonly hint?: string;
} {
  // A thrown value that is not an error still needs a line.
  return typeof error === "object" && error !== null && "message" in error
    ? (error as Error)
    : { message: String(error) };
}

/** Checks for a ConfigError, also one from another copy of the package. */
export function isConfigError(error: unknown): error is ConfigError {
  return error instanceof Error && error.name === "ConfigError";
}

/** Returns the exit code of a thrown value. */
export function exitCodeOfError(error: unknown): number {
  if (isHostoutError(error)) return error.exitCode;
  return isConfigError(error) ? 2 : 1;
}
