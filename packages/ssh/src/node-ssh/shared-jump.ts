import type { Client } from "ssh2";
import type { Once } from "../process/once.ts";

/** The most hosts behind one session with a proxy jump: servers limit the channels of a session, dropbear to 100 at times. */
const mostHosts = 64;

/** A session with a proxy jump, which several hosts of a run share. */
interface Jump {
  readonly client: Client;
  /** The number of hosts behind it. */
  hosts: number;
  /** Whether further hosts need another session. */
  isFull: boolean;
  readonly close: () => void;
}

/** A session with a proxy jump that opens, and the signal of the host that began to open it. */
interface Opening {
  readonly jump: Promise<Jump>;
  readonly wantedBy: AbortSignal;
}

/** The settings of a shared session. */
interface JumpSettings {
  readonly once: Once;
  /** The same for hosts that can share the session. */
  readonly key: string;
  /** Logs in. `closing` receives functions that release the resources of the session at its end. */
  readonly login: (closing: (() => void)[]) => Promise<Client>;
  /** Aborted: the host needs the session no more. */
  readonly signal: AbortSignal;
}

/**
 * Calls `use` with a session of the run, or logs in if there is none. A login for each host would take twice the time,
 * and a server lets in few at a time (MaxStartups of sshd). The session ends with the last host behind it.
 *
 * @returns the result of `use`, and a function to call when the host needs the session no more
 */
export async function throughSharedJump<T>(
  { once, key, login, signal }: JumpSettings,
  use: (client: Client) => Promise<T>,
): Promise<readonly [T, () => void]> {
  const jumps = await once.get("proxy jumps", async () => new Map<string, Opening>());
  for (;;) {
    const known = jumps.get(key);
    const opening = known ?? { jump: openJump(login), wantedBy: signal };
    jumps.set(key, opening);
    const drop = () => {
      if (jumps.get(key) === opening) jumps.delete(key);
    };
    let jump: Jump;
    try {
      jump = await opening.jump;
    } catch (error) {
      drop();
      // The host that logged in may have given up alone, because it had to ask a question too early.
      if (known && opening.wantedBy.aborted && !signal.aborted) continue;
      throw error;
    }
    if (jump.hosts >= mostHosts) jump.isFull = true;
    if (jump.isFull) {
      drop();
      continue;
    }
    jump.hosts += 1;
    const leave = makeLeave(jump, drop);
    try {
      return [await use(jump.client), leave];
    } catch (error) {
      if (isOver(error as OpenError)) jump.isFull = true;
      leave();
      // A session that was open before may have broken since, or may be full for the server.
      if (!known || !jump.isFull || signal.aborted) throw error;
    }
  }
}

async function openJump(login: JumpSettings["login"]): Promise<Jump> {
  const closing: (() => void)[] = [];
  const closeAll = () => {
    for (const close of closing.splice(0)) close();
  };
  try {
    const client = await login(closing);
    const close = () => {
      client.end();
      closeAll();
    };
    const jump: Jump = { client, hosts: 0, isFull: false, close };
    client.once("close", () => {
      jump.isFull = true;
      closeAll();
    });
    return jump;
  } catch (error) {
    closeAll();
    throw error;
  }
}

function makeLeave(jump: Jump, drop: () => void): () => void {
  let hasLeft = false;
  return () => {
    if (hasLeft) return;
    hasLeft = true;
    jump.hosts -= 1;
    if (jump.hosts > 0) return;
    jump.isFull = true;
    drop();
    jump.close();
  };
}

/** The error of ssh2 for a channel. RFC 4254, 5.1: reason 4 is a shortage of resources. */
type OpenError = Error & { readonly reason?: number };

function isOver({ reason, message }: OpenError): boolean {
  return reason === 4 || message === "Not connected";
}
