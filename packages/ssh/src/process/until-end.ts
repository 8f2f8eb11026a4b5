import { type Exit, HostoutError, type Process } from "@hostout/kit";
import type { Machine } from "../command/machine.ts";
import { whenAborted } from "../failure/when-aborted.ts";

/** Longest wait for a command to end after its signal, in milliseconds. */
const goneMs = 1000;

/**
 * Resolves at the end of a process. Ends the process if the run is interrupted, or its time is over.
 *
 * @throws HostoutError `interrupted`, `timeout`
 */
export async function untilEnd(
  machine: Machine,
  process: Process,
  timeoutMs: number | undefined,
  what: string,
): Promise<Exit> {
  const { promise: givenUp, reject: giveUp } = Promise.withResolvers<never>();
  const timers: NodeJS.Timeout[] = [];
  // A lost host does not report the end of its command.
  const abort = () => {
    process.kill();
    timers.push(setTimeout(() => giveUp(interruption()), goneMs).unref());
  };
  // The run may have ended while the command was starting.
  const forgetSignal = whenAborted(machine.signal, abort);
  if (timeoutMs !== undefined) {
    const late = () => {
      process.kill();
      giveUp(timeout(machine.name, what, timeoutMs));
    };
    timers.push(setTimeout(late, timeoutMs));
  }
  try {
    return await Promise.race([process.exited, givenUp]);
  } finally {
    for (const timer of timers) clearTimeout(timer);
    forgetSignal();
  }
}

function timeout(host: string, what: string, timeoutMs: number): HostoutError {
  return new HostoutError({
    code: "timeout",
    message: `${host}: '${what}' took longer than ${timeoutMs / 1000} s; hostout ended it`,
    host,
  });
}

export function interruption(): HostoutError {
  return new HostoutError({ code: "interrupted", message: "interrupted" });
}
