import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { connect } from "node:tls";
import type { Connection } from "@hostout/kit";
import { unlessAborted } from "./unless-aborted.ts";

// An import of this module would load fetch as well, which is among its exports, and takes 100 ms.
const { request } = process.getBuiltinModule("node:http");

const bodyBytes = 1024 * 1024;

/** The answer to a request. Redirects are not followed. */
export interface Answer {
  readonly status: number;
  /** The target of a redirect. */
  readonly location: string | undefined;
  /** Reads the body, at most its first MiB. */
  readonly body: () => Promise<string>;
}

/**
 * Requests a URL from a machine and passes the answer to `read`. The machine needs no program for it. Closes
 * the connection when `read` ends.
 *
 * @throws HostoutError from `dial`; other errors from node's http and tls
 */
export async function askUrl<T>(
  url: URL,
  machine: Connection,
  signal: AbortSignal,
  read: (answer: Answer) => Promise<T>,
): Promise<T> {
  const { address, port } = destinationOf(url);
  const stream = await unlessAborted(signal, machine.dial(address, port), (late) => late.destroy());
  try {
    const way = url.protocol === "https:" ? await secure(stream, address, signal) : stream;
    const response = await get(url, way, signal);
    const { statusCode: status = 0, headers } = response;
    return await read({ status, location: headers.location, body: () => bodyOf(response) });
  } finally {
    stream.destroy();
  }
}

/** Returns the address and port that an http or https URL names. */
export function destinationOf({ hostname, port, protocol }: URL): {
  readonly address: string;
  readonly port: number;
} {
  const usual = protocol === "https:" ? 443 : 80;
  return { address: hostname.replace(/^\[|\]$/g, ""), port: port === "" ? usual : Number(port) };
}

async function secure(stream: Duplex, name: string, signal: AbortSignal): Promise<Duplex> {
  const servername = isIP(name) ? {} : { servername: name };
  const socket = connect({ socket: stream, host: name, ...servername, ALPNProtocols: ["http/1.1"] });
  // This socket closes with the stream below it, which reports the error.
  socket.on("error", () => undefined);
  await once(socket, "secureConnect", { signal });
  return socket;
}

async function get(url: URL, stream: Duplex, signal: AbortSignal): Promise<IncomingMessage> {
  const asked = request({
    createConnection: () => stream,
    path: url.pathname + url.search,
    headers: { host: url.host, "user-agent": "hostout", accept: "*/*", connection: "close" },
    signal,
  });
  asked.on("error", () => undefined);
  asked.end();
  const [response] = (await once(asked, "response")) as [IncomingMessage];
  response.on("error", () => undefined);
  return response;
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= bodyBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, bodyBytes).toString("utf8");
}
