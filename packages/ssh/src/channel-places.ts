import type { Duplex } from "node:stream";
import type { Process } from "./transport.ts";

/** sshd allows 10 sessions on a connection by default (MaxSessions); some are left to others. */
const channelsAtOnce = 8;

/** The places for channels on one connection. */
export interface ChannelPlaces {
  /** Starts a process as soon as there is a place for it, which it keeps until it has ended. */
  readonly start: (start: () => Process | Promise<Process>) => Promise<Process>;
  /** Opens a stream as soon as there is a place for it, which it keeps until it is closed. */
  readonly dial: (open: () => Promise<Duplex>) => Promise<Duplex>;
}

export async function makeChannelPlaces(): Promise<ChannelPlaces> {
  const { default: pLimit } = await import("p-limit");
  const limit = pLimit(channelsAtOnce);
  const inPlace = <T>(open: () => T | Promise<T>, ended: (opened: T) => Promise<unknown>) =>
    new Promise<T>((resolve, reject) => {
      limit(async () => {
        const opened = await open();
        resolve(opened);
        await ended(opened);
      }).catch(reject);
    });
  return {
    start: (start) => inPlace(start, (process) => process.exited),
    dial: (open) => inPlace(open, untilClosed),
  };
}

async function untilClosed(stream: Duplex): Promise<void> {
  if (!stream.closed) await new Promise<void>((closed) => stream.once("close", () => closed()));
}
