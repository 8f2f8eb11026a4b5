import { PassThrough, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Exit, HostoutError, type Process } from "@hostout/kit";
import { startOn } from "../command/machine.ts";
import { missingProgramHint, missingStatus } from "../command/missing-program.ts";
import { connectionLost } from "../failure/connect-failure.ts";
import { diskFault } from "../failure/disk-fault.ts";
import { whenAborted } from "../failure/when-aborted.ts";
import { interruption } from "../process/until-end.ts";
import { countBytes } from "./count-bytes.ts";
import type { Side } from "./side.ts";

/** Longest wait for the other end of a transfer after one end has failed, in milliseconds. */
const restMs = 5000;

/** One end of a transfer: its machine, and its shell line. */
export interface End {
  readonly side: Side;
  readonly line: string;
}

/**
 * Runs one line on each machine. The output of the first is the input of the second. Ends both, whichever ends first
 * and however.
 *
 * @param path the target, for messages
 * @param input the input of the first line
 * @throws HostoutError `connection-lost`, `interrupted`, `disk-full`, `transfer-failed`
 */
export async function carry(from: End, to: End, path: string, input: string | Uint8Array): Promise<void> {
  const target = to.side.machine;
  const reader = await startOn(from.side.machine, from.side.account, from.line);
  const messages: Buffer[] = [];
  const ofWriter: Buffer[] = [];
  reader.stderr.on("data", (chunk: Buffer) => messages.push(chunk));
  const writer = await startOn(target, to.side.account, to.line).catch((error: unknown) => {
    letGo(reader);
    throw error;
  });
  writer.stderr.on("data", (chunk: Buffer) => {
    messages.push(chunk);
    ofWriter.push(chunk);
  });
  writer.stdout.resume();
  const sent = countBytes(target.output);
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sent.add(chunk.length);
      done(null, chunk);
    },
  });
  reader.stdin.on("error", () => undefined);
  reader.stdin.end(input);
  const through = new PassThrough();
  reader.stdout.pipe(through);
  const notAborted = whenAborted(target.signal, () => {
    through.destroy();
    letGo(reader);
    letGo(writer);
  });
  // The exit codes explain more than a broken pipe.
  pipeline(through, count, writer.stdin).catch(() => letGo(reader));
  try {
    const [own, other] = await untilBothEnd(reader, writer, () => through.destroy());
    if (target.signal.aborted) throw interruption();
    if (own.code === undefined) throw connectionLost(from.side.machine.name);
    if (other.code === undefined) throw connectionLost(target.name);
    if (own.code !== 0 || other.code !== 0)
      throw transferFailure(target.name, path, Buffer.concat(messages).toString("utf8"), () =>
        // The other end fails too, and does not name a program.
        other.code === missingStatus
          ? missingProgramHint(Buffer.concat(ofWriter).toString("utf8"), target.name)
          : missingProgramHint(Buffer.concat(messages).toString("utf8"), from.side.machine.name),
      );
  } finally {
    notAborted();
  }
}

/** Ends a process whose output nobody reads any more, and keeps its output from blocking it. */
function letGo({ stdout, kill }: Process): void {
  stdout.resume();
  kill();
}

/** Waits for both ends. An end that fails ends the other too, which would wait for ever for input, or for a reader. */
async function untilBothEnd(
  reader: Process,
  writer: Process,
  stop: () => void,
): Promise<readonly [Exit, Exit]> {
  const isOver = Promise.withResolvers<Exit>();
  const timers: NodeJS.Timeout[] = [];
  const failed = (other: Process) => {
    timers.push(setTimeout(() => letGo(other), restMs));
    // A process on a lost host never reports its end.
    timers.push(setTimeout(() => isOver.resolve({ code: 255 }), 2 * restMs));
  };
  const read = reader.exited.then((exit) => {
    if (exit.code !== 0) failed(writer);
    return exit;
  });
  const written = writer.exited.then((exit) => {
    stop();
    reader.stdout.resume();
    if (exit.code !== 0) failed(reader);
    return exit;
  });
  try {
    return await Promise.all(
      [read, written].map((one) => Promise.race([one, isOver.promise])) as [Promise<Exit>, Promise<Exit>],
    );
  } catch (error) {
    letGo(reader);
    letGo(writer);
    throw error;
  } finally {
    for (const timer of timers) clearTimeout(timer);
  }
}

function transferFailure(
  host: string,
  path: string,
  said: string,
  hintOfPrograms: () => string | undefined,
): HostoutError {
  const fault = diskFault(said, host, path);
  return new HostoutError({
    code: fault?.code ?? "transfer-failed",
    message: `${host}: the transfer failed${fault ? `, ${fault.what}` : ""}: ${said.trim().split("\n").slice(0, 5).join("\n")}`,
    hint: fault?.hint ?? hintOfPrograms(),
    host,
  });
}
