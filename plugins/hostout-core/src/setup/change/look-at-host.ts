import { type Connection, cell, HostoutError, isHostoutError } from "@hostout/kit";
import { type HostFacts, parseFacts } from "../look/facts.ts";
import { factsScript } from "../look/facts-script.ts";
import { type SiteKey, siteKey } from "../look/site-key.ts";
import { wishOf } from "../look/wish.ts";
import type { OnNewHost } from "../setup-options.ts";
import { sudoersName } from "../system/sudoers.ts";
import { type Changes, changesOf, type FurtherWish, wantedSudoers } from "./changes.ts";

/** A host as `setup` found it. */
export interface Looked {
  readonly changes: Changes;
  readonly wish: FurtherWish;
  readonly facts: HostFacts;
  readonly key: SiteKey;
  /** A session with the rights to change the host. Undefined: the login of the site works, and nothing is missing. */
  readonly changer: Connection | undefined;
}

/** The changes of a host that were printed. */
export const plannedCell = cell<Looked>("hostout-core/planned");

/** The changes of a host to which the user has agreed. */
export const agreedCell = cell<Looked>("hostout-core/agreed");

/**
 * Finds the changes that a host needs. First tries the login of the site, with its key and without a question. Where
 * that user can do all that the site wants, root need not log in.
 *
 * @throws HostoutError `refused` for a host that `setup` must not change
 */
export async function lookAtHost(context: OnNewHost): Promise<Looked> {
  const key = await siteKey(context);
  const wish = await furtherWish(context, key);
  const own = wish.login === "root" || key.text === undefined ? undefined : await ownLook(context, wish, key);
  if (own && isDone(own.changes)) return { ...own, wish, key, changer: undefined };
  const changer = own && (await becomesRoot(own.remote)) ? own.remote : setupLogin(context, wish);
  if (!own && changer.user !== wish.login)
    context.note(`${wish.login} cannot log in with a key yet; setup logs in as ${changer.user}`);
  const facts = await factsOf(context, changer.as("root"), wish, key).catch((error: unknown) => {
    throw notLoggedIn(context, changer.user, error);
  });
  const changes = changesOf(wish, facts);
  if (changes.faults.length > 0) throw refused(context, changes.faults);
  return { changes, wish, facts, key, changer };
}

/** Whether a host needs no change. */
export function isDone({ faults, users, runtime, folder }: Changes): boolean {
  return faults.length + users.length + runtime.length + folder.length === 0;
}

/** Looks as the login user, who does not see keys and drop-ins, but can try them. */
async function ownLook(context: OnNewHost, wish: FurtherWish, key: SiteKey) {
  const remote = siteLogin(context, wish);
  try {
    const seen = await factsOf(context, remote, wish, key);
    const tried = await Promise.all(wish.becomes.map((user) => mayBecome(remote, user)));
    const isSame = tried.every(Boolean) && wish.moreSudoers.length === 0;
    const sudoers = isSame ? { is: "same" as const, head: "" } : { is: "none" as const, head: "" };
    const facts = { ...seen, hasKey: true, sudoers };
    return { remote, facts, changes: changesOf(wish, facts) };
  } catch (error) {
    if (isHostoutError(error) && ["login-refused", "host-key"].includes(error.code)) return undefined;
    throw error;
  }
}

/** Returns the login of the site by its key alone. The first use of a new one proves that the key works. */
export function siteLogin(
  context: OnNewHost,
  { login }: Pick<FurtherWish, "login">,
  isFresh = false,
): Connection {
  const { identityFile } = context.options;
  return context.loginAs({ user: login, identityFile, mayAsk: false, isFresh });
}

function setupLogin({ loginAs, options }: OnNewHost, { login }: FurtherWish): Connection {
  const { setupUser: user, setupIdentityFile, setupPassword } = options;
  const isSame = user === login;
  return loginAs({
    user,
    identityFile: setupIdentityFile ?? (isSame ? options.identityFile : undefined),
    password: setupPassword ?? (isSame ? options.password : undefined),
  });
}

async function mayBecome(remote: Connection, user: string): Promise<boolean> {
  try {
    return await remote.as({ user }).test(["true"]);
  } catch (error) {
    if (isHostoutError(error) && error.code === "sudo-refused") return false;
    throw error;
  }
}

const becomesRoot = (remote: Connection) => mayBecome(remote, "root");

async function factsOf(
  { host, options }: OnNewHost,
  remote: Connection,
  wish: FurtherWish,
  key: SiteKey,
): Promise<HostFacts> {
  const { login, commandsSum, path, group = "", python = "" } = wish;
  const accounts = new Set([login, ...wish.accounts]);
  const words = [
    login,
    key.text ?? "",
    sudoersName(wish.site),
    commandsSum,
    path,
    group,
    python,
    ...accounts,
  ];
  const how = { input: wantedSudoers(wish) ?? "", title: "look at accounts and programs" };
  const said = await remote.capture(["sh", "-c", factsScript, "hostout", ...words], how);
  const facts = parseFacts(said, options.hostos);
  if (facts) return facts;
  throw new HostoutError({
    code: "failed",
    message: `${host.name} runs no commands of ${remote.user}: the answer is '${said.trim()}'`,
    hint: otherUser,
    host: host.name,
  });
}

async function furtherWish(context: OnNewHost, key: SiteKey): Promise<FurtherWish> {
  const wish = await wishOf(context);
  return { ...wish, makesKey: key.text === undefined ? key.file : undefined };
}

const otherUser = "Name an account that may log in there and become root: setup-user = ubuntu";

/** The error for a host where the account of `setup` cannot log in, or may run nothing. */
function notLoggedIn({ host }: OnNewHost, user: string, error: unknown): unknown {
  if (!isHostoutError(error)) return error;
  const hintWith = (code: "login-refused" | "refused", hint: string) =>
    new HostoutError({ code, message: error.message, hint, host: host.name, cause: error });
  // Cloud images let root's key print that, and nothing else.
  const [, other] = /log ?in as the user "?([\w.-]+)/i.exec(error.message) ?? [];
  if (other !== undefined)
    return hintWith("refused", `Let setup log in as that account: setup-user = ${other}`);
  if (error.code !== "login-refused") return error;
  return hintWith(
    "login-refused",
    `${error.hint ?? ""} ${otherUser}; or give the key or the password of ${user}: setup-identity-file, setup-password.`.trim(),
  );
}

function refused({ host, site }: OnNewHost, faults: readonly string[]): HostoutError {
  return new HostoutError({
    code: "refused",
    message: `${host.name}: ${faults.join("; ")}`,
    hint: `Nothing was changed there. To look again: hostout ${site.name} setup --dry-run`,
    host: host.name,
  });
}
