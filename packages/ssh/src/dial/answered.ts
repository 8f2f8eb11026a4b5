import type { Duplex } from "node:stream";
import type { Destination } from "@hostout/kit";
import { interruption } from "../command/execute.ts";
import { dialFailure } from "./dial-failure.ts";

const answerMs = 20_000;

/** A connection that is being opened. */
export interface Opening {
  readonly stream: Promise<Duplex>;
  /** Where it can be told that nobody waits any more. */
  readonly giveUp?: () => void;
}

/** The connection when it is open, or the fault that it is not after 20 s. One that opens later is closed. */
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
