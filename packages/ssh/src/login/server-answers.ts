import type { Client } from "ssh2";
import type { LoginLog } from "./login-log.ts";

/** What a server answers while somebody logs in. */
export interface ServerAnswers {
  /** The ways to log in that it takes now; empty before its first answer. */
  readonly allowed: () => readonly string[];
  /** Whether a way to log in was tried. */
  readonly isAsked: () => boolean;
  /** Hears the answers that come to a client from now on; of no effect the second time. */
  readonly hear: (client: Client) => void;
  /** Lets ssh2 go on as if the server had refused what is tried. */
  readonly refuse: () => void;
}

type Answer = (protocol: unknown, ...words: never[]) => void;

/** Inside ssh2, whose version is fixed. */
interface Inner {
  readonly _protocol: { readonly _handlers: Record<string, Answer> };
}

const expiredPassword = {
  why: "has expired",
  hint: "Change it with the system's ssh, which asks for a new one.",
};

/**
 * Hears what ssh2 does not tell: what a server answers to a key of an agent (a part of a login may be done with it, and other ways are open
 * then), and what it says with a question that wants no answer.
 */
export function makeServerAnswers(log: LoginLog): ServerAnswers {
  let allowed: readonly string[] = [];
  let refuse: (() => void) | undefined;
  return {
    allowed: () => allowed,
    isAsked: () => refuse !== undefined,
    refuse: () => refuse?.(),
    hear: (client) => {
      if (refuse) return;
      const { _protocol: protocol } = client as unknown as Inner;
      const handlers = protocol._handlers;
      const { USERAUTH_FAILURE: refused, USERAUTH_INFO_REQUEST: asked } = handlers as Record<string, Answer>;
      handlers.USERAUTH_FAILURE = (from: unknown, methods: readonly string[], isPartial: boolean) => {
        allowed = methods;
        if (isPartial) log.pass();
        refused!(from, methods as never, isPartial as never);
      };
      handlers.USERAUTH_INFO_REQUEST = (from: unknown, name: string, text: string, prompts: unknown) => {
        log.say(text);
        asked!(from, name as never, text as never, prompts as never);
      };
      client.on("banner", (text) => log.say(text));
      const goOn = () => refused!(protocol, allowed as never, false as never);
      // Without somebody who hears it, ssh2 would wait for ever.
      client.on("change password", (text) => {
        log.say(text);
        log.fault("the password", expiredPassword);
        goOn();
      });
      refuse = goOn;
    },
  };
}
