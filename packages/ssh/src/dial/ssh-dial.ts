import type { Duplex } from "node:stream";
import type { Destination } from "@hostout/kit";
import type { Client } from "ssh2";
import { connectionLost } from "../failure/connect-failure.ts";
import { answered } from "./answered.ts";
import { type DialFault, dialFailure } from "./dial-failure.ts";
import { duplexOver } from "./duplex-over.ts";

/**
 * Opens a TCP connection from the host, as a channel of the session. @throws HostoutError `failed`, `refused`,
 * `connection-lost`
 */
export function sshDial(
  client: Client,
  label: string,
  to: Destination,
  signal: AbortSignal,
): Promise<Duplex> {
  const stream = new Promise<Duplex>((resolve, reject) => {
    client.forwardOut("127.0.0.1", 0, to.address, to.port, (error, channel) => {
      if (!error) resolve(duplexOver(channel, channel, () => channel.destroy()));
      else reject(isOpenFailure(error) ? dialFailure(label, to, faultOf(error)) : connectionLost(label));
    });
  });
  return answered(label, to, signal, { stream });
}

interface OpenFailure extends Error {
  /** RFC 4254, 5.1: 1 prohibited, 2 connect failed. */
  readonly reason: number;
}

function isOpenFailure(error: Error): error is OpenFailure {
  return /channel open failure/i.test(error.message) && "reason" in error;
}

function faultOf(error: OpenFailure): DialFault {
  const said = error.message.replace(/^.*channel open failure:? */i, "") || "connect failed";
  if (error.reason === 1) return { kind: "forbidden", said, cause: error };
  // Servers other than OpenSSH's do not send the reason of the failure.
  const isClosed = error.reason === 2 && /refused|^connect failed$/i.test(said);
  return { kind: isClosed ? "closed" : "other", said, cause: error };
}
