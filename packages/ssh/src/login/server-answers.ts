import type { Client } from "ssh2";
import type { LoginLog } from "../failure/login-log.ts";

/** The answers of a server during a login. */
export interface ServerAnswers {
  /** The ways to log in that the server accepts now. Empty before its first answer. */
  readonly allowed: () => readonly string[];
  /** Whether hostout tried a way to log in. */
  readonly isAsked: () => boolean;
  /** Records the answers to a client from now on. A second call has no effect. */
  readonly hear: (client: Client) => void;
  /** Makes ssh2 continue as if the server had refused the current try. */
  readonly refuse: () => void;
}

type Answer = (protocol: unknown, ...words: never[]) => void;

/** The inside of ssh2, whose version is fixed. */
interface Inner {
  readonly _protocol: { readonly _handlers: Record<string, Answer> };
}

const expiredPassword = {
  why: "has expired",
  hint: "Change it with the system's ssh, which asks for a new one.",
};

/**
 * Records server answers that ssh2 does not report.
 * One is the answer to a key of an agent: a part of the login may be done, with other ways open now. The other is text
 * with a question that wants no answer.
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
      // Without a listener, ssh2 would wait for ever.
      client.on("change password", (text) => {
        log.say(text);
        log.fault("the password", expiredPassword);
        goOn();
      });
      refuse = goOn;
    },
  };
}
