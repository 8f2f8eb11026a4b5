import { HostoutError, type Origin } from "@hostout/kit";
import { type LoginLog, makeLoginLog } from "./login-log.ts";
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

/** What is known of a login that failed. */
export interface LoginFacts {
  /** The ways to log in that the server takes. */
  readonly allowed: readonly string[];
  readonly log: LoginLog;
  readonly identityOrigin?: Origin | undefined;
}

const noFacts = (): LoginFacts => ({ allowed: [], log: makeLoginLog() });

/** As ssh2 throws it. */
export type ConnectError = Error & { readonly code?: string; readonly level?: string };

/** Why there is no session, for the host of `label`: its key types, the login, or the way to it. */
export function connectFailure(
  label: string,
  settings: SshSettings,
  error: ConnectError,
  facts: LoginFacts = noFacts(),
): HostoutError {
  const place = `${settings.hostname} port ${settings.port}`;
  // With more keys than it bears, a server hangs up.
  const isTooMany = /too many authentication failures/i.test(error.message);
  if (isTooMany || error.level === "client-authentication" || error.level === "agent")
    return loginRefused(label, settings, { ...facts, isTooMany, cause: error });
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

/** A host that let nobody in. A fault of what this machine has to log in with is told first. */
export function loginRefused(
  label: string,
  { user, hostname, port }: SshSettings,
  {
    allowed,
    log,
    identityOrigin,
    isTooMany,
    cause,
  }: LoginFacts & { readonly isTooMany: boolean; readonly cause: unknown },
): HostoutError {
  const { words, hint } = log.faults();
  const ownFile = words.find((word) => word.startsWith("identity-file"));
  const tried = [...new Set(log.tried)];
  const why = [
    ...words,
    ...(tried.length === 0 ? [] : [`it refused ${tried.join(", ")}`]),
    ...(isTooMany ? ["it hung up after that many tries (its MaxAuthTries)"] : []),
  ].join("; ");
  const taken = allowed.length === 0 ? "" : `; it takes ${allowed.join(", ")}`;
  const tooMany = `Name the key that it takes: identity-file = FILE; or offer fewer keys (IdentitiesOnly yes in ssh's configuration).`;
  const usual = `Does 'ssh -p ${port} ${user}@${hostname}' work? See the options user and identity-file.`;
  return new HostoutError({
    code: "login-refused",
    message: `${label} does not let ${user} log in (${hostname} port ${port}${taken})${why === "" ? "" : `: ${why}`}`,
    hint: hint ?? (isTooMany ? tooMany : usual),
    origin: ownFile === undefined ? undefined : identityOrigin,
    host: label,
    cause,
  });
}

/** What the two sides of a handshake must have in common, by ssh2's word for it. */
const algorithms: readonly (readonly [RegExp, string])[] = [
  [/host key/i, "type of host key"],
  [/key exchange|KEX/i, "key exchange"],
  [/cipher/i, "cipher"],
  [/MAC/, "MAC"],
  [/compression/i, "compression"],
];

/**
 * A server that takes none of the algorithms that hostout's own ssh has.
 *
 * @param heard what ssh2 told of the handshake; it ends with what was offered last
 */
export function nothingInCommon(
  label: string,
  { hostname, port }: SshSettings,
  cause: Error,
  heard: readonly string[],
): HostoutError {
  const what = algorithms.find(([form]) => form.test(cause.message))?.[1] ?? "algorithm";
  const offer = heard.findLast((line) => line.includes("(remote)"))?.replace(/^.*: /, "");
  return new HostoutError({
    code: what === "type of host key" ? "host-key" : "unreachable",
    message: `${label} and hostout have no ${what} in common (${hostname} port ${port})${offer === undefined ? "" : `: it offers ${offer}`}`,
    hint: "The system's ssh may have one: transport = openssh",
    host: label,
    cause,
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
