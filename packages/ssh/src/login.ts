import type { Origin } from "@hostout/kit";
import type { BaseAgent, ParsedKey } from "ssh2";
import { type AgentKeys, deadAgent, openAgent } from "./agent.ts";
import type { Ask } from "./ask.ts";
import { type Identity, lockedFault, publicFault, readIdentity } from "./identity.ts";
import type { LoginLog } from "./login-log.ts";
import type { Once } from "./once.ts";
import type { SshSettings } from "./ssh-settings.ts";

/** What a host may be logged in to with. */
export interface Credentials {
  readonly identityFile: string | undefined;
  /** Where the option identity-file is set. */
  readonly identityOrigin?: Origin | undefined;
  readonly password: string | undefined;
  readonly ask: Ask | undefined;
  /** Of what all hosts of a run have in common: keys, files of known hosts. */
  readonly once: Once;
}

/** One try to log in, in the form that ssh2 takes. */
export type LoginTry =
  | { readonly type: "none"; readonly username: string }
  | { readonly type: "agent"; readonly username: string; readonly agent: BaseAgent }
  | {
      readonly type: "publickey";
      readonly username: string;
      readonly key: ParsedKey;
    }
  | { readonly type: "password"; readonly username: string; readonly password: string }
  | {
      readonly type: "keyboard-interactive";
      readonly username: string;
      readonly prompt: (
        name: string,
        instructions: string,
        language: string,
        prompts: readonly unknown[],
        finish: (answers: string[]) => void,
      ) => void;
    };

/** How often somebody is asked for a password or a passphrase, as ssh does (NumberOfPasswordPrompts). */
export const askTimes = 3;

/** What the tries are made of. */
export interface LoginWish {
  readonly username: string;
  readonly label: string;
  readonly settings: Pick<SshSettings, "agent" | "identitiesOnly" | "identityFiles">;
  readonly credentials: Credentials;
  /** What the server said it takes, which it says to the first try that fails. */
  readonly allowed: () => readonly string[];
  readonly log: LoginLog;
}

/**
 * The tries in order: agent, keys, the password of the configuration, then the one that the user is asked for, once a
 * run and host. `identity-file` is before all others: a server hangs up after a few keys. The agent signs for the keys that it has.
 *
 * Some servers take whoever comes with nothing. ssh tries that first: a round trip more where there is a key. Here it is first where
 * there is no other, or where the user would be asked for one, and else the last: it may be one failure too many.
 */
export async function* loginTries(wish: LoginWish): AsyncGenerator<LoginTry> {
  const { username, settings, credentials, allowed, log } = wish;
  // Whoever yields it takes it away.
  const nothing: LoginTry[] = [{ type: "none", username }];
  const isFirst = () => allowed().length === 0;
  const agent = await agentOf(wish);
  const left = new Set(agent?.blobs);
  const byAgent = (blobs: readonly string[]): LoginTry[] => {
    for (const blob of blobs) left.delete(blob);
    return blobs.length === 0 || !agent ? [] : [{ type: "agent", username, agent: agent.only(blobs) }];
  };
  const own = credentials.identityFile === undefined ? [] : [credentials.identityFile];
  const files = new Map<string, Identity>();
  for (const file of [...own, ...settings.identityFiles])
    files.set(file, await credentials.once.get(`key ${file}`, () => readIdentity(file)));
  if (own.length === 0 && !settings.identitiesOnly) {
    const blobs = inOrder([...left], [...files.values()]);
    if (blobs.length > 0)
      log.tried.push(blobs.length === 1 ? "the agent's key" : `${blobs.length} keys of the agent`);
    yield* byAgent(blobs);
  }
  const known = new Set(own.length === 0 && !settings.identitiesOnly ? agent?.blobs : []);
  for (const [file, identity] of files) {
    const name = own.includes(file) ? `identity-file ${file}` : file;
    if ("why" in identity) {
      if (own.includes(file) || identity.kind === "faulty") log.fault(name, identity);
      continue;
    }
    if (identity.blob !== undefined && known.has(identity.blob)) continue;
    if (identity.blob !== undefined && left.has(identity.blob)) {
      log.tried.push(name);
      yield* byAgent([identity.blob]);
    } else if (identity.kind === "public") log.fault(name, publicFault(file));
    else {
      if (identity.kind === "locked" && credentials.ask && isFirst()) yield* nothing.splice(0);
      const key = identity.kind === "open" ? identity.key : await unlock(file, name, identity.bytes, wish);
      if (key) log.tried.push(name);
      if (key) yield { type: "publickey", username, key };
    }
  }
  if (own.length > 0 && !settings.identitiesOnly && left.size > 0) {
    log.tried.push(`${left.size} ${left.size === 1 ? "key" : "keys"} of the agent`);
    yield* byAgent([...left]);
  }
  if (isFirst()) yield* nothing.splice(0);
  yield* withPasswords(wish);
  yield* nothing;
}

async function agentOf({ settings, credentials, log }: LoginWish): Promise<AgentKeys | undefined> {
  const { agent: socket } = settings;
  if (socket === undefined) return undefined;
  try {
    return await credentials.once.get(`agent ${socket}`, () => openAgent(socket));
  } catch (error) {
    log.fault(`the agent at ${socket}`, deadAgent(error as Error));
    return undefined;
  }
}

/** Keys that a file is there for are first, as ssh has it. */
function inOrder(blobs: readonly string[], files: readonly Identity[]): readonly string[] {
  const named = new Set(files.map((file) => ("blob" in file ? file.blob : undefined)));
  return [...blobs.filter((blob) => named.has(blob)), ...blobs.filter((blob) => !named.has(blob))];
}

async function* withPasswords(wish: LoginWish): AsyncGenerator<LoginTry> {
  const { username, label, credentials, allowed, log } = wish;
  const { password, ask } = credentials;
  if (password !== undefined) {
    log.tried.push("the option password");
    yield* passwordTries(username, password, allowed());
  }
  for (let times = 1; ask && times <= askTimes; times++) {
    if (!allowed().some((method) => method === "password" || method === "keyboard-interactive")) return;
    const again = times === 1 ? "" : ` (refused; ${times} of ${askTimes})`;
    const answer = await ask.secret(`${log.faultsText()}Password of ${username}@${label}${again}`);
    if (times === 1) log.tried.push("the password that was typed");
    yield* passwordTries(username, answer, allowed());
  }
}

function* passwordTries(username: string, password: string, allowed: readonly string[]): Generator<LoginTry> {
  if (allowed.includes("password")) yield { type: "password", username, password };
  else if (allowed.includes("keyboard-interactive")) {
    yield {
      type: "keyboard-interactive",
      username,
      prompt: (_name, _instructions, _language, prompts, finish) => finish(prompts.map(() => password)),
    };
  }
}

/** Opens a key with its passphrase; undefined where nobody can be asked for it, or does not know it. */
async function unlock(
  file: string,
  name: string,
  bytes: Buffer,
  { credentials: { ask, once }, log }: LoginWish,
): Promise<ParsedKey | undefined> {
  if (!ask) {
    log.fault(name, lockedFault);
    return undefined;
  }
  const { default: ssh2 } = await import("ssh2");
  for (let times = 1; times <= askTimes; times++) {
    const again = times === 1 ? "" : ` (it does not open it; ${times} of ${askTimes})`;
    // Not as a part of it: one who does not want the session yet gets no answer.
    const passphrase = await ask.secret(`Passphrase of ${file}${again}`);
    const opened = await once.get(`opened key ${file}${again}`, async () => {
      const key = ssh2.utils.parseKey(bytes, passphrase);
      return "message" in key ? undefined : key;
    });
    if (opened) return opened;
  }
  log.fault(name, { why: "is not opened by the passphrases that were typed", hint: `ssh-add ${file}` });
  return undefined;
}
