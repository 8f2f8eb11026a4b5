import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { hopsTo } from "../config/jumps.ts";
import type { Once } from "../process/once.ts";

/** The way to a host through proxy jumps. Hosts of a run with the same way share its sessions. */
export interface Way {
  /** Lines for the end of ssh's configuration, where the user's own lines precede them. */
  readonly config: string;
  /** Calls `login`, but lets the first host of the way log in alone: the others then find its sessions. */
  readonly inTurn: <T>(login: () => Promise<T>) => Promise<T>;
  /** Called when the session of the host broke: the sessions of the way may be broken too. */
  readonly doubt: () => void;
  /** Called when the host needs the way no more. The last host ends the sessions of the way. */
  readonly leave: () => Promise<void>;
}

interface SharedWay {
  readonly folder: Promise<string>;
  hosts: number;
  /** The login of the first host. */
  first: Promise<unknown> | undefined;
}

/** Time for which a session of the way outlives the ssh processes that use it, in seconds: hostout may be killed. */
const lingerSeconds = 10;

/** Joins the way of a host. `hops` are its proxy jumps, with the one nearest to the host first. */
export async function joinWay(
  hops: Awaited<ReturnType<typeof hopsTo>>,
  identityFile: string | undefined,
  once: Once,
): Promise<Way> {
  const names = hops.map(({ wish: { host, port, user } }) => JSON.stringify([host, port, user]));
  if (hops.length === 0 || !hops.every(({ wish }) => /^[\w.:-]+$/.test(wish.host))) return direct;
  const ways = await once.get("ways of ssh", async () => new Map<string, SharedWay>());
  const key = JSON.stringify([names, identityFile]);
  const way = ways.get(key) ?? {
    folder: mkdtemp(join(tmpdir(), "hostout-ssh-")),
    hosts: 0,
    first: undefined,
  };
  ways.set(key, way);
  way.hosts += 1;
  const folder = await way.folder;
  // The name of a socket has a limit of some 100 bytes.
  const sockets = names.map((_, index) =>
    join(folder, createHash("sha256").update(names.slice(index).join()).digest("hex").slice(0, 8)),
  );
  return {
    config: hops
      .flatMap(({ wish }, index) => [
        `Host ${wish.host}`,
        "  ControlMaster auto",
        `  ControlPath "${sockets[index]!.replaceAll("%", "%%")}"`,
        `  ControlPersist ${lingerSeconds}`,
        "",
      ])
      .join("\n"),
    inTurn: async (login) => {
      while (way.first && !(await way.first.then(isTrue, isFalse)));
      if (way.first) return login();
      const mine = login();
      way.first = mine;
      mine.catch(() => {
        if (way.first === mine) way.first = undefined;
      });
      return mine;
    },
    doubt: () => {
      way.first = undefined;
    },
    leave: async () => {
      way.hosts -= 1;
      if (way.hosts > 0) return;
      ways.delete(key);
      for (const socket of sockets) await endSession(socket);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const isTrue = () => true;
const isFalse = () => false;

const direct: Way = {
  config: "",
  inTurn: (login) => login(),
  doubt: () => undefined,
  leave: async () => undefined,
};

/** Ends the session that listens at a socket. Without one, ssh fails. */
function endSession(socket: string): Promise<void> {
  const child = spawn("ssh", ["-F", "none", "-S", socket, "-O", "exit", "--", "way"], { stdio: "ignore" });
  return new Promise((ended) => {
    child.once("error", () => ended());
    child.once("close", () => ended());
  });
}
