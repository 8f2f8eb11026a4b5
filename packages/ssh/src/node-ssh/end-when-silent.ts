import type { Duplex } from "node:stream";

/** How often a host is asked whether it is there, while it says nothing. */
export const keepaliveMs = 15_000;
/** How many of these may pass without a byte. */
const mostSilent = 5;

/**
 * Ends a session of whose host nothing is heard any more. Whatever comes from it counts, as with OpenSSH: on a slow line the answers
 * wait behind what is sent, up to 2 MiB of it, and there are minutes between them.
 */
export function endWhenSilent(socket: Duplex, everyMs = keepaliveMs): void {
  let silent = 0;
  socket.on("data", () => {
    silent = 0;
  });
  const timer = setInterval(() => {
    silent += 1;
    if (silent >= mostSilent) socket.destroy(new Error("it says nothing any more"));
  }, everyMs).unref();
  socket.once("close", () => clearInterval(timer));
}
