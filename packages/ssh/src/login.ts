import { readFile } from "node:fs/promises";
import type { ParsedKey } from "ssh2";
import type { Ask } from "./ask.ts";
import type { Once } from "./once.ts";
import type { SshSettings } from "./ssh-settings.ts";

/** What a host may be logged in to with. */
export interface Credentials {
  readonly identityFile: string | undefined;
  readonly password: string | undefined;
  readonly ask: Ask | undefined;
  /** Of what all hosts of a run have in common: keys, files of known hosts. */
  readonly once: Once;
}

/** One try to log in, in the form that ssh2 takes. */
export type LoginTry =
  | { readonly type: "none"; readonly username: string }
  | { readonly type: "agent"; readonly username: string; readonly agent: string }
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

/**
 * The tries in order: agent, keys, the password of the configuration, then the one that the user is asked for, once a
 * run and host. `allowed` is what the server said it takes, which it says to the first try that fails.
 *
 * Some servers take whoever comes with nothing. ssh tries that first: a round trip more where there is a key. Here it is first where
 * there is no other, or where the user would be asked for one, and else the last: it may be one failure too many.
 */
export async function* loginTries(
  username: string,
  label: string,
  settings: SshSettings,
  credentials: Credentials,
  allowed: () => readonly string[],
): AsyncGenerator<LoginTry> {
  // Whoever yields it takes it away.
  const nothing: LoginTry[] = [{ type: "none", username }];
  const isFirst = () => allowed().length === 0;
  const own = credentials.identityFile === undefined ? [] : [credentials.identityFile];
  if (settings.agent !== undefined && !settings.identitiesOnly && own.length === 0) {
    yield { type: "agent", username, agent: settings.agent };
  }
  for (const file of [...own, ...settings.identityFiles]) {
    const key = await credentials.once.get(`key ${file}`, () => readKey(file));
    if (Buffer.isBuffer(key) && credentials.ask && isFirst()) yield* nothing.splice(0);
    const opened = Buffer.isBuffer(key) ? await unlock(file, key, credentials) : key;
    if (opened) yield { type: "publickey", username, key: opened };
  }
  if (settings.agent !== undefined && (settings.identitiesOnly || own.length > 0)) {
    yield { type: "agent", username, agent: settings.agent };
  }
  if (isFirst()) yield* nothing.splice(0);
  if (credentials.password !== undefined) yield* passwordTries(username, credentials.password, allowed());
  if (
    credentials.ask &&
    allowed().some((method) => method === "password" || method === "keyboard-interactive")
  ) {
    yield* passwordTries(
      username,
      await credentials.ask.secret(`Password of ${username}@${label}`),
      allowed(),
    );
  }
  yield* nothing;
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

/** A key, or its bytes where it has a passphrase. One that is not there, or not a key, is passed over, as ssh does. */
async function readKey(file: string): Promise<ParsedKey | Buffer | undefined> {
  const key = await readFile(file).catch(() => undefined);
  if (!key) return undefined;
  const { default: ssh2 } = await import("ssh2");
  const parsed = ssh2.utils.parseKey(key);
  if (!(parsed instanceof Error) && !("message" in parsed)) return parsed;
  return /encrypted/i.test(String((parsed as { message?: unknown }).message)) ? key : undefined;
}

/** Opens a key with its passphrase; undefined where nobody can be asked for it, or it is another one. */
async function unlock(file: string, key: Buffer, { ask, once }: Credentials): Promise<ParsedKey | undefined> {
  if (!ask) return undefined;
  // Not as a part of it: one who does not want the session yet gets no answer.
  const passphrase = await ask.secret(`Passphrase of ${file}`);
  return once.get(`opened key ${file}`, async () => {
    const { default: ssh2 } = await import("ssh2");
    const opened = ssh2.utils.parseKey(key, passphrase);
    return "message" in opened ? undefined : opened;
  });
}
