import { HostoutError, type Origin, quote } from "@hostout/kit";
import type { SshSettings } from "../config/ssh-settings.ts";
import { isIdentityFile, type LoginLog, makeLoginLog } from "./login-log.ts";

/** Explanations of socket errors, by their code. */
export const faultReasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ENOTFOUND: "no such name",
  EAI_AGAIN: "the name cannot be looked up",
  EHOSTUNREACH: "no way to it",
  ENETUNREACH: "no way to its network",
  ETIMEDOUT: "no answer",
  ECONNRESET: "the server closed the connection",
  EMFILE: "this machine allows hostout no more open files (ulimit -n)",
};

/** The hint for a host that is up, but hangs up at once. */
export const hungUpHint =
  "Its ssh server takes no more logins now (MaxStartups), or a firewall does not let this machine in; the host's log has the reason.";

/** The known facts about a failed login. */
export interface LoginFacts {
  /** The ways to log in that the server accepts. */
  readonly allowed: readonly string[];
  /** Whether hostout tried a way to log in. */
  readonly isAsked: boolean;
  readonly log: LoginLog;
  readonly identityOrigin?: Origin | undefined;
}

const noFacts = (): LoginFacts => ({ allowed: [], isAsked: false, log: makeLoginLog() });

/** The facts of a login to which the server answers neither yes nor no. */
export const silentLogin = (): LoginFacts => ({ ...noFacts(), isAsked: true });

/** The error of ssh2. */
export type ConnectError = Error & { readonly code?: string; readonly level?: string };

/** Explains why the host of `label` gave no session: its key types, the login, or the network. */
export function connectFailure(
  label: string,
  settings: SshSettings,
  error: ConnectError,
  facts: LoginFacts = noFacts(),
): HostoutError {
  const place = `${settings.hostname} port ${settings.port}`;
  // A server hangs up after too many keys.
  const isTooMany = /too many authentication failures/i.test(error.message);
  if (isTooMany || error.level === "client-authentication" || error.level === "agent")
    return loginRefused(label, settings, {
      ...facts,
      ending: isTooMany ? "tries" : "refused",
      isKeyless: isKeyless(facts),
      cause: error,
    });
  // The number of a reason from the server (RFC 4253, 11.1).
  if (typeof (error.code as unknown) === "number") facts.log.say(error.message);
  if (facts.isAsked && !/timed out/i.test(error.message))
    return loginRefused(label, settings, { ...facts, ending: "hung up", cause: error });
  const isHungUp =
    error.code === "ECONNRESET" || /before handshake|^No response from server$/i.test(error.message);
  const silentFor = /^timed out(?: after (.*))?/i.exec(error.message);
  const why = isHungUp
    ? "the server closed the connection"
    : (faultReasons[error.code ?? ""] ?? error.message);
  if (silentFor && facts.isAsked) {
    return new HostoutError({
      code: "unreachable",
      message: `${label} does not say whether ${settings.user} may log in (${place}): no answer within ${silentFor[1]}`,
      hint: "Does somebody have to approve the login elsewhere? Else its log (auth.log, or journalctl -u ssh) has the reason.",
      host: label,
      cause: error,
    });
  }
  return new HostoutError({
    code: "unreachable",
    message: `${label} cannot be reached (${place}): ${silentFor ? "no answer" : why}`,
    hint: isHungUp ? hungUpHint : "Is the host up, and is the option host right?",
    host: label,
    cause: error,
  });
}

/** Returns whether hostout tried nothing on a host that accepts keys, although no key of this machine has a fault. */
function isKeyless({ allowed, log }: LoginFacts): boolean {
  const { tried, passed, faults } = log;
  return allowed.includes("publickey") && tried.length + passed.length + faults().words.length === 0;
}

/** The end of a refused login: after the last try, after too many tries for the server, or before its answer. */
type Ending = "refused" | "tries" | "hung up";

/** The error for a refused login. A fault of this machine's credentials comes first, then the server's text. */
export function loginRefused(
  label: string,
  settings: Pick<SshSettings, "user" | "hostname" | "port">,
  facts: Omit<LoginFacts, "isAsked"> & {
    readonly ending: Ending;
    /** Whether this machine has no key to log in with. Undefined if only ssh knows. */
    readonly isKeyless?: boolean;
    readonly cause: unknown;
  },
): HostoutError {
  const { user, hostname, port } = settings;
  const { allowed, log, identityOrigin, ending, cause } = facts;
  const { words, hint } = log.faults();
  const ownFile = [...words, ...log.tried].find(isIdentityFile);
  const tried = [...new Set(log.tried)].join(", ");
  const said = log.said();
  const why = [
    ...(said !== "" && ending === "hung up" ? [`it said '${said}'`] : []),
    ...words,
    ...(log.passed.length === 0
      ? []
      : [`the server accepted ${log.passed.join(", ")}, and wants more than that`]),
    ...(facts.isKeyless ? ["there is no key to offer"] : []),
    ...(tried === "" || ending === "hung up" ? [] : [`it refused ${tried}`]),
    ...(ending === "tries"
      ? ["the server closed the connection after that many tries (its MaxAuthTries)"]
      : []),
    ...(ending === "hung up" && said === ""
      ? [`the server closed the connection at ${tried === "" ? "the login" : tried}`]
      : []),
    ...(said !== "" && ending !== "hung up" ? [`it said '${said}'`] : []),
  ].join("; ");
  const taken = allowed.length === 0 ? "" : `; the host takes ${allowed.join(", ")}`;
  return new HostoutError({
    code: "login-refused",
    message: `${label} does not let ${user} log in (${hostname} port ${port}${taken})${why === "" ? "" : `: ${why}`}`,
    hint: hintOf(settings, facts, hint),
    origin: ownFile === undefined ? undefined : identityOrigin,
    host: label,
    cause,
  });
}

/** Ways to log in that only the system's ssh supports. */
const opensshOnly = /^(gssapi|hostbased)/;

function hintOf(
  { user, hostname, port }: Pick<SshSettings, "user" | "hostname" | "port">,
  {
    allowed,
    log,
    ending,
    isKeyless,
  }: Pick<LoginFacts, "allowed" | "log"> & { readonly ending: Ending; readonly isKeyless?: boolean },
  ofFault: string | undefined,
): string {
  const ssh = `ssh -p ${port} ${user}@${hostname}`;
  if (ending === "hung up") {
    return log.said() === ""
      ? "Its own log (auth.log, or journalctl -u ssh) has the reason."
      : "Its administrator can change that, or name another account: user = NAME";
  }
  if (ofFault !== undefined) return ofFault;
  if (ending === "tries")
    return "Name the key that it takes: identity-file = FILE; or offer fewer keys (IdentitiesOnly yes in ssh's configuration).";
  const isQuestion = (method: string) => method === "password" || method === "keyboard-interactive";
  if (log.passed.length > 0 && allowed.some(isQuestion))
    return "Run hostout in a terminal, which asks for the rest; or set the option password.";
  if (allowed.length > 0 && allowed.every((method) => opensshOnly.test(method)))
    return "Let the system's ssh log in, which knows these ways: transport = openssh";
  if (isKeyless)
    return `Make a key with ssh-keygen, and put it on the host: ssh-copy-id -p ${port} ${user}@${hostname}`;
  const refused = log.tried.find(isIdentityFile)?.slice("identity-file ".length);
  if (refused !== undefined)
    return `Put the key on the host: ssh-copy-id -i ${quote(refused)} -p ${port} ${user}@${hostname}; or name another one: identity-file = FILE`;
  return `Does '${ssh}' work? See the options user and identity-file.`;
}

/** The parameters that the two sides of a handshake must share, by ssh2's word for them. */
const algorithms: readonly (readonly [RegExp, string])[] = [
  [/host key/i, "type of host key"],
  [/key exchange|KEX/i, "key exchange"],
  [/cipher/i, "cipher"],
  [/MAC/, "MAC"],
  [/compression/i, "compression"],
];

/** Thrown if another ssh may have an algorithm in common with the server. */
export class NothingInCommon extends HostoutError {}

/**
 * The error for a server that accepts none of the algorithms of hostout's own ssh.
 *
 * @param heard ssh2's report of the handshake, with the last offer at its end
 */
export function nothingInCommon(
  label: string,
  { hostname, port }: SshSettings,
  cause: Error,
  heard: readonly string[],
): HostoutError {
  const what = algorithms.find(([form]) => form.test(cause.message))?.[1] ?? "algorithm";
  const offer = heard.findLast((line) => line.includes("(remote)"))?.replace(/^.*: /, "");
  return new NothingInCommon({
    code: what === "type of host key" ? "host-key" : "unreachable",
    message: `${label} and hostout have no ${what} in common (${hostname} port ${port})${offer === undefined ? "" : `: the host offers ${offer}`}`,
    hint: "The system's ssh may have one: transport = openssh",
    host: label,
    cause,
  });
}

/** The error for a session that broke. */
export function connectionLost(host: string): HostoutError {
  return new HostoutError({
    code: "connection-lost",
    message: `the connection to ${host} broke`,
    hint: "A command on the host may still run. Look before you start it again.",
    host,
  });
}
