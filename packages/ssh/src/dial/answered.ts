import type { Duplex } from "node:stream";
import type { Destination } from "@hostout/kit";
import { interruption } from "../process/until-end.ts";
import { dialFailure } from "./dial-failure.ts";

const answerMs = 20_000;

/** A connection that hostout is opening. */
export interface Opening {
  readonly stream: Promise<Duplex>;
  /** Cancels the opening, if the transport can. */
  readonly giveUp?: () => void;
}

/** Resolves to the open connection, or rejects after 20 s. Closes a connection that opens later. */
export async function answered(
  host: string,
  to: Destination,
  signal: AbortSignal,
  { stream, giveUp }: Opening,
): Promise<Duplex> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const end = (why: Error) => {
    reject(why);
    giveUp?.();
    stream.then(
      (opened) => opened.destroy(),
      () => undefined,
    );
  };
  const timer = setTimeout(() => end(dialFailure(host, to, { kind: "other", said: "no answer" })), answerMs);
  const abort = () => end(interruption());
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await Promise.race([stream, late]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}
