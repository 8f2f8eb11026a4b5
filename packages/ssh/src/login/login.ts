import type { Origin } from "@hostout/kit";
import type { BaseAgent, ParsedKey } from "ssh2";
import type { SshSettings } from "../config/ssh-settings.ts";
import type { Once } from "../transport/once.ts";
import type { Ask } from "./ask.ts";
import { keyTries } from "./key-tries.ts";
import type { LoginLog } from "./login-log.ts";
import { passwordTries } from "./password-tries.ts";
import type { ServerAnswers } from "./server-answers.ts";

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
        prompts: readonly Prompt[],
        finish: (answers: string[]) => void,
      ) => void;
    };

/** A question of the server. */
export interface Prompt {
  readonly prompt: string;
  /** Whether the answer may be seen while it is typed. */
  readonly echo?: boolean;
}

/** How often somebody is asked for a password or a passphrase, as ssh does (NumberOfPasswordPrompts). */
export const askTimes = 3;

/** What the tries are made of. */
export interface LoginWish {
  readonly username: string;
  readonly label: string;
  readonly settings: Pick<SshSettings, "agent" | "identitiesOnly" | "identityFiles" | "methods">;
  readonly credentials: Credentials;
  readonly answers: Pick<ServerAnswers, "allowed" | "refuse">;
  /** Ends the login, where an answer cannot be had. */
  readonly giveUp: (reason: unknown) => void;
  readonly log: LoginLog;
}

/**
 * The tries in ssh's order: keys, the server's questions, passwords. What the server does not take, or takes no more after a part of the
 * login is done, is not tried.
 *
 * Some servers take whoever comes with nothing. ssh tries that first: a round trip more where there is a key. Here it is first where
 * there is no other, or where the user would be asked for one, and else the last: it may be one failure too many.
 */
export async function* loginTries(wish: LoginWish): AsyncGenerator<LoginTry> {
  const { username, settings, answers } = wish;
  const { methods } = settings;
  // Whoever yields it takes it away.
  const nothing: LoginTry[] = [{ type: "none", username }];
  const isFirst = () => answers.allowed().length === 0;
  const beforeAsking = () => (isFirst() ? nothing.splice(0) : []);
  const takesKeys = () =>
    methods.includes("publickey") && (isFirst() || answers.allowed().includes("publickey"));
  async function* withKeys(): AsyncGenerator<LoginTry> {
    const keys = keyTries(wish, beforeAsking);
    while (takesKeys()) {
      const { value, done } = await keys.next();
      if (done) break;
      yield value;
    }
  }
  // PreferredAuthentications may have passwords before keys.
  const isKeyFirst = methods[0] === "publickey";
  if (isKeyFirst) yield* withKeys();
  yield* beforeAsking();
  yield* passwordTries(wish);
  if (!isKeyFirst) yield* withKeys();
  yield* nothing;
}
