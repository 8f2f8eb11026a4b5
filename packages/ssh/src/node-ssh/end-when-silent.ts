import type { Duplex } from "node:stream";

/** Time between two questions whether a silent host still answers, in milliseconds. */
export const keepaliveMs = 15_000;
/** The number of such periods that may pass without a byte. */
const mostSilent = 5;

/**
 * Ends a session whose host has gone silent. Every byte from the host counts, as with OpenSSH.
 * On a slow line the answers wait behind up to 2 MiB of sent bytes, with minutes between them.
 */
export function endWhenSilent(socket: Duplex, everyMs = keepaliveMs): void {
  let silent = 0;
  socket.on("data", () => {
    silent = 0;
  });
  const timer = setInterval(() => {
    silent += 1;
    if (silent >= mostSilent) socket.destroy(new Error("the server sends nothing any more"));
  }, everyMs).unref();
  socket.once("close", () => clearInterval(timer));
}
