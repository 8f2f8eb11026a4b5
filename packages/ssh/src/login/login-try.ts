import type { Ask, Origin } from "@hostout/kit";
import type { BaseAgent, ParsedKey } from "ssh2";
import type { SshSettings } from "../config/ssh-settings.ts";
import type { LoginLog } from "../failure/login-log.ts";
import type { Once } from "../process/once.ts";
import type { ServerAnswers } from "./server-answers.ts";

/** The credentials for a login to a host. */
export interface Credentials {
  readonly identityFile: string | undefined;
  /** The place of the option identity-file. */
  readonly identityOrigin?: Origin | undefined;
  readonly password: string | undefined;
  readonly ask: Ask | undefined;
  /** Shares answers between all hosts of a run, such as keys and known_hosts files. */
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
  /** Whether the answer may be visible while the user types. */
  readonly echo?: boolean;
}

/** The number of questions for a password or a passphrase, as in ssh (NumberOfPasswordPrompts). */
export const askTimes = 3;

/** The input for the tries. */
export interface LoginWish {
  readonly username: string;
  readonly label: string;
  readonly settings: Pick<SshSettings, "agent" | "identitiesOnly" | "identityFiles" | "methods">;
  readonly credentials: Credentials;
  readonly answers: Pick<ServerAnswers, "allowed" | "refuse">;
  /** Ends the login if an answer cannot be had. */
  readonly giveUp: (reason: unknown) => void;
  readonly log: LoginLog;
}
