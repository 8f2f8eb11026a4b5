import type { ChildProcess } from "node:child_process";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { type Destination, HostoutError } from "@hostout/kit";
import { connectionLost } from "../failure/connect-failure.ts";
import { answered } from "./answered.ts";
import { type DialFault, dialFailure, placeOf } from "./dial-failure.ts";
import { duplexOver } from "./duplex-over.ts";

/** Longest wait for the reason after the end of its process, in milliseconds: the two arrive by different pipes. */
const reasonMs = 500;

/** The TCP connections through a master. */
interface OpensshDialer {
  readonly dial: (to: Destination, signal: AbortSignal) => Promise<Duplex>;
  /** Closes all connections: the master does not end while one is open. */
  readonly closeAll: () => void;
}

/**
 * Opens TCP connections from the host through the master's session (`ssh -W`).
 *
 * The process that asks the master only learns that the host refused. The master prints the reason on its own stderr.
 */
export function opensshDialer(
  ssh: (words: readonly string[]) => ChildProcess,
  master: ChildProcess,
  label: string,
): OpensshDialer {
  const open = new Set<Duplex>();
  const reasons: string[] = [];
  let asking = 0;
  let said = "";
  master.stderr?.on("data", (text) => {
    const lines = (said + text).split(/\r?\n/);
    said = lines.pop()!;
    for (const line of lines) {
      const reason = /^channel \d+: open failed: (.*)$/.exec(line)?.[1];
      if (reason !== undefined) reasons.push(reason);
    }
  });
  const connect = async (to: Destination, child: ChildProcess): Promise<Duplex> => {
    const stream: Duplex = duplexOver(child.stdout!, child.stdin!, () => hangUp(child));
    open.add(stream);
    stream.once("close", () => open.delete(stream));
    // The reason for a cancelled connection may have arrived since.
    if (asking === 0) reasons.length = 0;
    asking++;
    const log = await untilOpen(child);
    asking--;
    if (log === undefined) return stream;
    stream.destroy();
    if (!/open refused by peer/i.test(log)) throw notAsked(label, log);
    for (let waitedMs = 0; reasons.length === 0 && waitedMs < reasonMs; waitedMs += 10) await sleep(10);
    throw dialFailure(label, to, faultOf(reasons.shift() ?? "no reason given"));
  };
  return {
    dial: (to, signal) => {
      // With -v, ssh prints when the connection is open. Without a master ssh would log in again, and `false` prevents
      // that.
      const child = ssh(["-v", "-o", "ProxyCommand=false", "-W", placeOf(to)]);
      return answered(label, to, signal, { stream: connect(to, child), giveUp: () => child.kill() });
    },
    closeAll: () => {
      for (const stream of open) stream.destroy();
    },
  };
}

/** Resolves to undefined when the connection is open, else to ssh's output at its end. */
function untilOpen(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    let log = "";
    child.stderr?.setEncoding("utf8").on("data", (text) => {
      log = `${log}${text}`.slice(-4096);
      if (/^debug1: .*master session id/m.test(log)) resolve(undefined);
    });
    child.on("error", (error) => resolve(error.message));
    child.on("close", () => resolve(log));
  });
}

/**
 * Ends a connection. The master itself holds the child's ends of the pipes.
 * If only the child ends, the master notifies the host late, when another event wakes it. The master passes the end of
 * input on at once.
 */
function hangUp(child: ChildProcess): void {
  child.stdin?.destroy();
  setTimeout(() => child.kill(), 100);
}

function faultOf(said: string): DialFault {
  if (/prohibited/i.test(said)) return { kind: "forbidden", said };
  return { kind: /connection refused$/i.test(said) ? "closed" : "other", said };
}

function notAsked(label: string, log: string): HostoutError {
  if (/control socket connect|broken pipe|master is dead|connection closed/i.test(log))
    return connectionLost(label);
  const line = log.trim().split(/\r?\n/).at(-1) ?? "";
  return new HostoutError({
    code: "failed",
    message: `${label}: ssh does not connect: ${line}`,
    host: label,
  });
}
