import type { Process } from "./transport.ts";

/** sshd allows 10 sessions on a connection by default (MaxSessions); some are left to others. */
const channelsAtOnce = 8;

/** Starts a process as soon as there is a place for it on its connection. */
export type StartInPlace = (start: () => Process | Promise<Process>) => Promise<Process>;

/** The places for commands on one connection. Each is kept until its command has ended. */
export async function makeChannelPlaces(): Promise<StartInPlace> {
  const { default: pLimit } = await import("p-limit");
  const limit = pLimit(channelsAtOnce);
  return (start) =>
    new Promise((resolve, reject) => {
      limit(async () => {
        const process = await start();
        resolve(process);
        await process.exited;
      }).catch(reject);
    });
}
