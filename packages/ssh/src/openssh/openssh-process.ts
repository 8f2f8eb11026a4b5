import type { ChildProcess } from "node:child_process";
import { PassThrough, type Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Exit, Process } from "@hostout/kit";
import { endedBy } from "../process/exit-of.ts";
import { beginningAtEnd } from "../shell/output-splitter.ts";

/** Longest wait for the end of the session after the end of its command, in milliseconds. */
const lostMs = 500;

/** Returns whether a process ended because the host opens no further session. */
export function isRefused(child: ChildProcess): Promise<boolean> {
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    if (said.length < 4096) said += chunk.toString("latin1");
  });
  return new Promise((resolve) => {
    child.once("error", () => resolve(false));
    child.once("close", () => resolve(/session open refused/i.test(said)));
  });
}

/** Presents a process of ssh as the process of its command. `endAll` ends all processes of the command. */
export function asProcess(
  child: ChildProcess,
  {
    end,
    endAll,
    isLost,
  }: {
    /** The word before the exit code. */
    readonly end: string;
    readonly endAll: () => void;
    readonly isLost: () => boolean;
  },
): Process {
  child.stdin?.on("error", () => undefined);
  const { stderr, status } = takeStatus(child.stderr!, end);
  const exited = new Promise<Exit>((resolve) => {
    status.then((code) => resolve({ code }));
    child.on("error", () => resolve({ code: undefined }));
    // Without an exit code from the command, either the connection broke, or a signal that ssh does not name ended the
    // shell.
    child.on("close", async (code, signal) => {
      if (code !== 255)
        return resolve(code === null ? { code: undefined, signal: signal ?? undefined } : { code });
      for (let waitedMs = 0; !isLost() && waitedMs < lostMs; waitedMs += 50) await sleep(50);
      resolve(isLost() ? { code: undefined } : endedBy(""));
    });
  });
  return {
    stdin: child.stdin!,
    stdout: child.stdout!,
    stderr,
    exited,
    kill: () => {
      endAll();
      child.kill();
    },
  };
}

/** Takes the last line of stderr, the command's exit code, out of the stream, wherever its pieces arrive. */
function takeStatus(
  from: Readable,
  end: string,
): { readonly stderr: Readable; readonly status: Promise<number> } {
  const stderr = new PassThrough();
  const status = Promise.withResolvers<number>();
  let held = Buffer.alloc(0);
  from.on("data", (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
    const at = held.indexOf(end);
    const code =
      at < 0 ? undefined : /^ (\d+)\n/.exec(held.subarray(at + end.length).toString("latin1"))?.[1];
    if (code !== undefined) {
      stderr.write(held.subarray(0, at));
      held = held.subarray(at + end.length + code.length + 2);
      status.resolve(Number(code));
    } else if (at < 0) {
      // Bytes that may begin the line stay.
      const safe = held.length - beginningAtEnd(held, end);
      stderr.write(held.subarray(0, safe));
      held = held.subarray(safe);
    }
  });
  from.on("close", () => {
    stderr.end(held);
  });
  return { stderr, status: status.promise };
}
