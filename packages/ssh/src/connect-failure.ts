import { HostoutError } from "@hostout/kit";
import type { SshSettings } from "./ssh-settings.ts";

/** What a fault of a socket means, by its code. */
export const faultReasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ENOTFOUND: "no such name",
  EAI_AGAIN: "the name cannot be looked up",
  EHOSTUNREACH: "no way to it",
  ENETUNREACH: "no way to its network",
  ETIMEDOUT: "no answer",
  ECONNRESET: "it hung up",
};

/** Why there is no session: what failed, for the host of `label`. `allowed`: the ways to log in that the server takes. */
export function connectFailure(
  label: string,
  settings: SshSettings,
  error: Error & { readonly code?: string; readonly level?: string },
  allowed: readonly string[],
): HostoutError {
  const place = `${settings.hostname} port ${settings.port}`;
  // With more keys than it bears, a server hangs up.
  if (error.level === "client-authentication" || /too many authentication failures/i.test(error.message)) {
    const taken = allowed.length === 0 ? "" : `; it takes ${allowed.join(", ")}`;
    return new HostoutError({
      code: "login-refused",
      message: `${label} does not let ${settings.user} log in (${place}${taken})`,
      hint: `Does 'ssh -p ${settings.port} ${settings.user}@${settings.hostname}' work? See the options user and identity-file.`,
      host: label,
      cause: error,
    });
  }
  const why =
    faultReasons[error.code ?? ""] ?? (/timed out/i.test(error.message) ? "no answer" : error.message);
  return new HostoutError({
    code: "unreachable",
    message: `${label} cannot be reached (${place}): ${why}`,
    hint: "Is the host up, and is the option host right?",
    host: label,
    cause: error,
  });
}

/** A session that was there and is no more. */
export function connectionLost(host: string): HostoutError {
  return new HostoutError({
    code: "connection-lost",
    message: `the connection to ${host} broke`,
    hint: "What was running there may go on: look before you start it again.",
    host,
  });
}
