import type { Ask, Transport } from "@hostout/kit";
import { whenAborted } from "../failure/when-aborted.ts";

/** A way to open a session before a task needs it. */
export interface LoginAhead {
  /** Announces that a task needs the session from now on. */
  readonly want: () => void;
  readonly open: () => Promise<Transport>;
}

/**
 * Logs in ahead, without a question to the user until a task needs the session.
 * Perhaps no task ever does, and a server does not wait as long as an answer may take. A login that has to ask too
 * early is cancelled, and starts again when a task needs the session.
 *
 * @param connect logs in; `signal` cancels the login
 * @param closing aborted: no task will need the session any more
 */
export function loginAhead(
  connect: (ask: Ask | undefined, signal: AbortSignal | undefined) => Promise<Transport>,
  ask: Ask | undefined,
  closing: AbortSignal,
): LoginAhead {
  let isWanted = false;
  let wake: (() => void) | undefined;
  let waiting: Promise<void> | undefined;
  // Not before somebody waits: thousands of hosts would add a listener each.
  const wait = () =>
    new Promise<void>((resolve, reject) => {
      const done = whenAborted(closing, () => reject(closing.reason));
      wake = () => {
        done();
        resolve();
      };
    });
  const wanted = async () => {
    if (isWanted) return;
    waiting ??= wait();
    await waiting;
  };
  return {
    want: () => {
      isWanted = true;
      wake?.();
    },
    open: async () => {
      if (isWanted || !ask) return connect(ask, undefined);
      const asked = new AbortController();
      const put = () => {
        asked.abort();
        return new Promise<never>(() => {});
      };
      try {
        return await connect({ secret: put, confirm: put, tell: ask.tell }, asked.signal);
      } catch (error) {
        if (!asked.signal.aborted) throw error;
        await wanted();
        return connect(ask, undefined);
      }
    },
  };
}
