import type { Ask, Transport } from "@hostout/kit";
import { whenAborted } from "../transport/when-aborted.ts";

/** A way to open a session before somebody wants it. */
export interface LoginAhead {
  /** Somebody wants it from now on. */
  readonly want: () => void;
  readonly open: () => Promise<Transport>;
}

/**
 * Asks for nothing before the session is wanted: nobody may come to it, and a server does not wait for an answer as long as that may
 * take. A login that has to ask before is given up, and begun anew then.
 *
 * @param connect `signal` gives it up
 * @param closing aborted: nobody will want it any more
 */
export function loginAhead(
  connect: (ask: Ask | undefined, signal: AbortSignal | undefined) => Promise<Transport>,
  ask: Ask | undefined,
  closing: AbortSignal,
): LoginAhead {
  let isWanted = false;
  const { promise: wanted, resolve, reject } = Promise.withResolvers<void>();
  wanted.catch(() => undefined);
  const done = whenAborted(closing, () => reject(closing.reason));
  return {
    want: () => {
      isWanted = true;
      resolve();
      done();
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
        await wanted;
        return connect(ask, undefined);
      }
    },
  };
}
