import { Duplex, type Readable, type Writable } from "node:stream";

type Done = (error?: Error | null) => void;

/**
 * Joins two streams into one that follows node's rules. ssh2's channels and a child's pipes each break them in their
 * own way.
 * - The stream closes when the far end has hung up and all bytes were read.
 * - A write to a closed far end fails, but not before that: its failure would end the stream with the bytes that have
 *   arrived.
 * - An error without a listener ends no process.
 *
 * @param hangUp closes the two streams; called once
 */
export function duplexOver(readable: Readable, writable: Writable, hangUp: () => void): Duplex {
  let isGone = false;
  // The streams below forget a write, or its end, that was pending when they closed.
  let abandon: (() => void) | undefined;
  const unlessGone = (act: (done: Done) => void, done: Done, whenGone: Done) => {
    if (isGone) return whenRead(whenGone);
    abandon = () => whenRead(whenGone);
    act((error) => {
      // The end of the other side arrives by a way of its own, and ends this one.
      if (isGone || error) return;
      abandon = undefined;
      done();
    });
  };
  const whenRead = (act: () => void) => {
    // Without a reader there is nothing to wait for.
    if (stream.readableEnded || stream.readableFlowing === null) act();
    else stream.once("end", act);
  };
  const stream = new Duplex({
    allowHalfOpen: false,
    read: () => void readable.resume(),
    write: (chunk, encoding, done) =>
      unlessGone(
        (written) => void writable.write(chunk, encoding, written),
        done,
        () => done(Object.assign(new Error("the far end hung up"), { code: "EPIPE" })),
      ),
    final: (done) =>
      unlessGone(
        (ended) => void writable.end(ended),
        done,
        () => done(),
      ),
    destroy: (error, done) => {
      // Unread bytes would keep the stream from closing.
      readable.resume();
      hangUp();
      done(error);
    },
  });
  let isEnded = false;
  const end = () => {
    if (isEnded || stream.destroyed) return;
    isEnded = true;
    stream.push(null);
  };
  readable.on("data", (chunk) => {
    if (!stream.destroyed && !stream.push(chunk)) readable.pause();
  });
  readable.on("end", end);
  readable.on("close", () => {
    isGone = true;
    abandon?.();
    end();
  });
  for (const one of [readable, writable, stream]) one.on("error", () => undefined);
  return stream;
}
