import { PassThrough, type Readable } from "node:stream";
import { type Command, type Connection, type Connections, HostoutError, shellText } from "@hostout/kit";
import { exits } from "../../../packages/releases/src/script/exits.ts";
import { modelConnection } from "./model-host.ts";
import { emptyStore } from "./model-store.ts";

/** A host of two people. */
export interface SharedHost {
  readonly name: string;
  readonly connection: Connection;
  /** Name of the release that is live; undefined: none. @throws where it is not whole */
  readonly live: () => string | undefined;
  /** Who switched, in the order of the log; empty where that is not known. */
  readonly switchers: () => readonly string[];
  /** What a release is made of: the label of its package. */
  readonly labelOf: (release: string) => string | undefined;
}

/** What befalls a client at one of its commands on a host, before that is run or when it has ended and its answer is on the way. */
export interface Cut {
  readonly host: number;
  /** Counted from 0. */
  readonly command: number;
  readonly when: "before" | "after";
  /** It is killed; its line to the host breaks; it stands still for a while; so long that the host takes its lock away. */
  readonly how: "kill" | "break" | "pause" | "silence";
}

/** Where the release of a run fails. */
export interface Failure {
  readonly host: number;
  readonly in: "build" | "verify";
}

/** The sessions of one client with the hosts. */
export interface Client {
  readonly connections: Connections;
  /** Resolves when it is killed. */
  readonly killed: Promise<void>;
  /** Resolves when it stands still. */
  readonly paused: Promise<void>;
  readonly goOn: () => void;
  /** What was live on each host when this client last heard of it, or gave its lock back. */
  readonly lastLive: readonly (string | undefined)[];
  /** Ends what waits in one that was killed. */
  readonly bury: () => void;
}

/** Opens the sessions of a client with whom all that is about its line happens. */
export function openClient(
  hosts: readonly SharedHost[],
  cut: Cut | undefined,
  failure: Failure | undefined,
): Client {
  const [killed, paused, goingOn] = [deferred(), deferred(), deferred()];
  const buried = deferred();
  let isDead = false;
  /** Until it goes on, nothing that a client that stands still hears or does. */
  let standing = Promise.resolve();
  const liveBefore = hosts.map((host) => host.live());
  const lastLive = [...liveBefore];
  const holding = new Map<SharedHost, Holding>();
  /** What a client that is killed waits for never comes. */
  const never = async (): Promise<never> => {
    await buried.promise;
    throw new Error("the client was killed");
  };
  const lost = (host: SharedHost) =>
    new HostoutError({ code: "connection-lost", message: "the line broke", host: host.name });

  async function happen({ how }: Cut, host: SharedHost): Promise<void> {
    if (how === "kill") {
      isDead = true;
      for (const one of holding.values()) one.end();
      killed.resolve();
      return never();
    }
    if (how === "break") {
      holding.get(host)?.end(lost(host));
      throw lost(host);
    }
    if (how === "silence")
      for (const one of holding.values()) {
        const status = exits.lockSilent;
        one.end(new HostoutError({ code: "command-failed", message: "silent", status }));
      }
    paused.resolve();
    standing = goingOn.promise;
    await standing;
  }

  function wrap(index: number, inner: Connection, count: { now: number }): Connection {
    const host = hosts[index]!;
    const isFailing = (text: string) =>
      failure?.host === index &&
      text.includes(`true ${failure.in}-it`) &&
      (failure.in === "build" || host.live() !== liveBefore[index]);
    const call = async <T>(command: Command, work: () => Promise<T>, hears = true): Promise<T> => {
      await standing;
      if (isDead) return never();
      const number = count.now++;
      const mine = cut?.host === index && cut.command === number ? cut : undefined;
      if (mine?.when === "before") await happen(mine, host);
      if (isFailing(shellText(command)))
        throw new HostoutError({ code: "command-failed", message: "'it' ended with 1", status: 1 });
      const ended = await work()
        .catch((error: unknown) => (isDead ? never() : Promise.reject(error)))
        .finally(() => {
          // What only tidies up, after the lock was given back, hears nothing of the site.
          const isOfSite = holding.has(host) || /\bcurrent\b/.test(shellText(command));
          if (hears && isOfSite) lastLive[index] = host.live();
        });
      await standing;
      if (isDead) return never();
      if (mine?.when === "after") await happen(mine, host);
      return ended;
    };
    return {
      ...inner,
      run: (command, options) => {
        // Who frees a lock that was lost is told nothing.
        const hears = options?.title !== "free the lock";
        if (!options?.background) return call(command, () => inner.run(command, options), hears);
        if (isDead) return never();
        const { input, ending } = holdBy(options.input as Readable);
        holding.set(host, ending);
        input.once("end", () => {
          // One that lost it has not heard so.
          if (!isDead && !ending.isLost()) lastLive[index] = host.live();
          if (holding.get(host) === ending) holding.delete(host);
        });
        const running = inner.run(command, { ...options, input });
        const told = running.catch((error: unknown) => (isDead ? never() : Promise.reject(error)));
        return Promise.race([told, ending.lost]);
      },
      test: (command, options) => call(command, () => inner.test(command, options)),
      capture: (command, options) => call(command, () => inner.capture(command, options)),
      endDetached: (below, except) => call(["end"], () => inner.endDetached(below, except)),
      as: (account) => wrap(index, inner.as(account), count),
    };
  }

  const counts = hosts.map(() => ({ now: 0 }));
  return {
    connections: {
      remote: (_site, { name }) => {
        const index = hosts.findIndex((host) => host.name === name);
        return wrap(index, hosts[index]!.connection, counts[index]!);
      },
      // Nothing is done on their own machines.
      local: () => modelConnection("localhost", emptyStore(), () => ""),
      close: async () => {},
    },
    lastLive,
    ...{ killed: killed.promise, paused: paused.promise, goOn: goingOn.resolve, bury: buried.resolve },
  };
}

function deferred() {
  return Promise.withResolvers<void>();
}

/** How the process that holds a lock hears no more of its client. */
interface Holding {
  /** @param error what the client is told, if it lives */
  readonly end: (error?: Error) => void;
  readonly lost: Promise<never>;
  /** Whether it ended without the client. */
  readonly isLost: () => boolean;
}

function holdBy(beats: Readable): { readonly input: Readable; readonly ending: Holding } {
  const input = new PassThrough();
  beats.pipe(input);
  const { promise: lost, reject } = Promise.withResolvers<never>();
  lost.catch(() => undefined);
  let isLost = false;
  const end = (error?: Error) => {
    isLost ||= error !== undefined;
    beats.unpipe(input);
    input.end();
    if (error) reject(error);
  };
  return { input, ending: { end, lost, isLost: () => isLost } };
}
