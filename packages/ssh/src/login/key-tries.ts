import type { ParsedKey } from "ssh2";
import { type AgentKeys, deadAgent, openAgent, refusingAgent } from "./agent.ts";
import { type Identity, lockedFault, publicFault, readIdentity } from "./identity.ts";
import { askTimes, type LoginTry, type LoginWish } from "./login-try.ts";

/** The places where ssh looks for keys when no option names one. */
const defaultKey = /\/\.ssh\/id_(rsa|dsa|ecdsa|ecdsa_sk|ed25519|ed25519_sk|xmss)$/;

/**
 * Yields keys in ssh's order (sshconnect2.c, pubkey_prepare):
 * - the agent's keys that a file names,
 * - the agent's other keys, unless `IdentitiesOnly` is set,
 * - the files whose keys the agent does not have.
 * The key of `identity-file` precedes all others: a server hangs up after a few keys.
 *
 * @param beforeAsking tries that come before hostout asks for a passphrase
 */
export async function* keyTries(
  wish: LoginWish,
  beforeAsking: () => readonly LoginTry[],
): AsyncGenerator<LoginTry> {
  const { username, settings, credentials, answers, log } = wish;
  const own = credentials.identityFile;
  const files = await identitiesOf(wish);
  const agent = await agentOf(wish);
  const left = new Set(agent?.blobs);
  const signed = new Set<string>();
  const byAgent = (blob: string, name: string): LoginTry => {
    left.delete(blob);
    signed.add(blob);
    log.tried.push(name);
    const refused = (error: Error) => {
      // The file of the key is tried instead.
      signed.delete(blob);
      log.tried.splice(log.tried.lastIndexOf(name), 1);
      log.fault(`the agent at ${settings.agent}`, refusingAgent(error));
      answers.refuse();
    };
    return { type: "agent", username, agent: agent!.only(blob, refused) };
  };
  async function* byFile(file: string, identity: Identity): AsyncGenerator<LoginTry> {
    const name = file === own ? `identity-file ${file}` : file;
    if (identity.blob !== undefined && left.has(identity.blob)) yield byAgent(identity.blob, name);
    if (identity.blob !== undefined && signed.has(identity.blob)) return;
    if ("why" in identity) {
      if (file === own || identity.kind === "faulty") log.fault(name, identity);
    } else if (identity.kind === "public") log.fault(name, publicFault(file));
    else {
      if (identity.kind === "locked" && credentials.ask) yield* beforeAsking();
      const key = identity.kind === "open" ? identity.key : await unlock(file, name, identity.open, wish);
      if (!key) return;
      log.tried.push(name);
      yield { type: "publickey", username, key };
    }
  }
  const others = function* () {
    if (settings.identitiesOnly) return;
    const name = left.size === 1 ? "the agent's key" : `${left.size} keys of the agent`;
    for (const blob of [...left]) yield byAgent(blob, name);
  };
  if (own !== undefined) yield* byFile(own, files.get(own)!);
  for (const blob of agent?.blobs ?? []) {
    const file = [...files].find(([, identity]) => identity.blob === blob)?.[0];
    if (file !== undefined && left.has(blob)) yield byAgent(blob, file);
  }
  if (own === undefined) yield* others();
  for (const [file, identity] of files) if (file !== own) yield* byFile(file, identity);
  yield* others();
}

/** Reads the key files. If `identity-file` names one, leaves out ssh's default files. */
async function identitiesOf({ settings, credentials }: LoginWish): Promise<ReadonlyMap<string, Identity>> {
  const { identityFile: own, once } = credentials;
  const isDefault = settings.identityFiles.every((file) => defaultKey.test(file));
  const files =
    own === undefined ? settings.identityFiles : [own, ...(isDefault ? [] : settings.identityFiles)];
  const read = files.map(async (file) => {
    const identity = await once.get(`key ${file}`, () => readIdentity(file));
    // The run may make it.
    if ("why" in identity && identity.kind === "missing") once.forget(`key ${file}`);
    return [file, identity] as const;
  });
  return new Map(await Promise.all(read));
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

/** Opens a key with its passphrase. Undefined if hostout can ask nobody, or the person does not know it. */
async function unlock(
  file: string,
  name: string,
  open: (passphrase: string) => Promise<ParsedKey | undefined>,
  { credentials: { ask, once }, log }: LoginWish,
): Promise<ParsedKey | undefined> {
  if (!ask) {
    log.fault(name, lockedFault);
    return undefined;
  }
  for (let times = 1; times <= askTimes; times++) {
    const again = times === 1 ? "" : ` (it does not open it; ${times} of ${askTimes})`;
    // Asked outside of `once`: the `ask` of a session that no task needs yet never answers, and others must not wait
    // for it.
    const passphrase = await ask.secret(`Passphrase of ${file}${again}`);
    const opened = await once.get(`opened key ${file}${again}`, () => open(passphrase));
    if (opened) return opened;
  }
  log.fault(name, { why: "is not opened by the passphrases that were typed", hint: `ssh-add ${file}` });
  return undefined;
}
