import { Duplex, type Readable, type Writable } from "node:stream";

type Done = (error?: Error | null) => void;

/**
 * Two streams as one that keeps to node's rules, which ssh2's channels and a child's pipes each break in their own way:
 * it closes when the far end has hung up and all was read, a write to what is gone fails, but not before that, as its failure
 * ends the stream with all that came; and an error that nobody listens to ends no process.
 *
 * @param hangUp gives up what is beneath; called once
 */
export function duplexOver(readable: Readable, writable: Writable, hangUp: () => void): Duplex {
  let isGone = false;
  // What is beneath forgets a write, or its end, that it was busy with when it went.
  let abandon: (() => void) | undefined;
  const unlessGone = (act: (done: Done) => void, done: Done, whenGone: Done) => {
    if (isGone) return whenRead(whenGone);
    abandon = () => whenRead(whenGone);
    act((error) => {
      // The end of the other side, which comes by a way of its own, is the end of this one.
      if (isGone || error) return;
      abandon = undefined;
      done();
    });
  };
  const whenRead = (act: () => void) => {
    // Where nobody reads, nothing is waited for.
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
      // What nobody reads would keep it from closing.
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
