import net from "node:net";
import type { Duplex } from "node:stream";
import type { Destination } from "@hostout/kit";
import { faultReasons } from "../failure/connect-failure.ts";
import { answered } from "./answered.ts";
import { dialFailure } from "./dial-failure.ts";

/** Opens a TCP connection from this machine. @throws HostoutError `failed` */
export function localDial(name: string, to: Destination, signal: AbortSignal): Promise<Duplex> {
  const socket = net.connect({ host: to.address, port: to.port, noDelay: true });
  const stream = new Promise<Duplex>((resolve, reject) => {
    socket.once("connect", () => resolve(socket));
    // This listener stays: an error without a listener would end the process.
    socket.on("error", (cause: NodeJS.ErrnoException) => {
      const kind = cause.code === "ECONNREFUSED" ? "closed" : "other";
      reject(dialFailure(name, to, { kind, said: faultReasons[cause.code ?? ""] ?? cause.message, cause }));
    });
  });
  return answered(name, to, signal, { stream, giveUp: () => socket.destroy() });
}
