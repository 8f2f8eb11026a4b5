import { absolutePath, cell, type HostContext, isHostoutError, who } from "@hostout/kit";
import { giveScript, prepareScript } from "../host/prepare-scripts.ts";
import { exits } from "../script/exits.ts";
import { type KnownState, knownState } from "../state/known-state.ts";
import type { StoreState } from "../state/store-state.ts";
import type { RenewableLock as Lock } from "./lock.ts";
import { openStore } from "./open-store.ts";
import type { Store } from "./store.ts";
import { exitOf } from "./store-error.ts";

const pathCell = cell<string>("@hostout/releases/path");
const knownCell = cell<KnownState>("@hostout/releases/known");

/** The lock of the site on the host, while a command of the run holds it. */
export const lockCell = cell<Lock>("@hostout/releases/lock");

/** The release that the host goes back to, while it does. */
export const targetCell = cell<string>("@hostout/releases/target");

/** The release that the run made, where another plugin than hostout-core made it. */
export const madeCell = cell<string>("@hostout/releases/made");

/** The releases of the site on the host, with the rights of who owns them. */
export async function siteStore(context: HostContext): Promise<Store> {
  const { remote, options, shared } = context;
  const path = shared.get(pathCell) ?? (await absolutePath(remote, options.path));
  const known = shared.get(knownCell) ?? knownState();
  shared.set(pathCell, path);
  shared.set(knownCell, known);
  const settings = { prepare: () => prepare(context, path), known };
  return tellingLive(openStore(remote.as("effective"), path, settings), context.live);
}

/** What the store finds to be live, and what it switches to, is what the recap says of the host. */
function tellingLive(store: Store, live: HostContext["live"]): Store {
  const found = (state: StoreState) => {
    live(state.served ?? state.foreign ?? null);
    return state;
  };
  const switching = async <T>(release: string | null, work: () => Promise<T>) => {
    // A host that is lost meanwhile may have done it or not.
    live(undefined);
    const done = await work();
    live(release);
    return done;
  };
  const telling: Store = {
    ...store,
    state: async () => found(await store.state()),
    look: async () => {
      const look = await store.look();
      found(look.state);
      return look;
    },
    lock: async (...words) => {
      const lock = await store.lock(...words);
      // Between a look and the lock another run may have switched; the host has said it with the lock.
      found(await store.state());
      return lock;
    },
    switchTo: (release, links, lock) => switching(release, () => store.switchTo(release, links, lock)),
    goBack: (failed, before, lock) => switching(before ?? null, () => store.goBack(failed, before, lock)),
  };
  return unlessLocked(telling, () => live(undefined));
}

/** Tells where another run has the lock, or had it meanwhile: what was found before may not be so any more. */
function unlessLocked(store: Store, tell: () => void): Store {
  const telling =
    <Words extends readonly unknown[], T>(method: (...words: Words) => Promise<T>) =>
    async (...words: Words): Promise<T> => {
      try {
        return await method(...words);
      } catch (error) {
        if (isHostoutError(error) && error.code === "locked") tell();
        throw error;
      }
    };
  const methods = Object.entries(store).map(([name, value]) => [
    name,
    typeof value === "function" && name !== "folderOf" ? telling(value as never) : value,
  ]);
  return Object.fromEntries(methods) as Store;
}

/** Makes the folders: the account that owns the site does; where it may not, root makes the site's folder and gives it to that account. */
async function prepare({ remote, options: { effectiveUser } }: HostContext, path: string): Promise<void> {
  const owner = effectiveUser ?? remote.user;
  const make = () =>
    remote.as("effective").run(["sh", "-c", prepareScript, "hostout", path], { quiet: true });
  try {
    await make();
  } catch (error) {
    // Root is refused for the same reason.
    const isFinal = [exits.systemFolder, exits.varLost, exits.linked, exits.unguarded].some(
      (exit) => exit === exitOf(error),
    );
    if (isFinal || owner === "root") throw error;
    try {
      const words = ["sh", "-c", giveScript, "hostout", path, owner, remote.user];
      await remote.as("root").run(words, { quiet: true });
    } catch (refused) {
      // Where nobody may become root, what the owner was told is the reason.
      throw isHostoutError(refused) && refused.code === "sudo-refused" ? error : refused;
    }
    await make();
  }
}

/**
 * Does `work` under the lock of the site on the host: that of a command around this one, or its own. On a dry run there is none.
 *
 * @param makes whether it makes the store of a site that was never deployed there
 */
export async function withLock<T>(
  context: HostContext,
  store: Store,
  work: (lock: Lock) => Promise<T>,
  { makes = true } = {},
): Promise<T> {
  const held = heldLock(context);
  if (held) return work(held);
  if (context.dryRun) return work(noLock);
  const lock = await keepLock(context, store, makes);
  try {
    return await work(lock);
  } finally {
    await giveBackLock(context);
  }
}

/**
 * Does `work` that stops, starts or runs something for the site: only with proof that its lock is held still, or of one of its own. A
 * host without a release of hostout has nothing to lock.
 *
 * @throws HostoutError `locked`, and `work` is not begun
 */
export async function withProof<T>(context: HostContext, store: Store, work: () => Promise<T>): Promise<T> {
  if (context.dryRun) return work();
  if (!heldLock(context) && (await store.state()).releases.length === 0) return work();
  const proven = async (lock: Lock) => {
    await store.prove(lock);
    return work();
  };
  return withLock(context, store, proven, { makes: false });
}

/** As {@link withProof} within a command that holds the lock; a command typed alone has none. */
export async function proveHeld(context: HostContext, store: Store): Promise<void> {
  const held = heldLock(context);
  if (held) await store.prove(held);
}

/** Where the lock that a command holds was lost meanwhile, proves that no other run has switched since. @throws HostoutError `locked` */
export async function refuseLost(context: HostContext, store: Store): Promise<void> {
  const held = heldLock(context);
  if (held?.isLost()) await store.prove(held);
}

/** Takes the lock, unless it is held, for all that is done on the host until it is given back. */
export async function keepLock(context: HostContext, store: Store, makes = true): Promise<Lock> {
  const lock = heldLock(context) ?? (await store.lock(`${who()}, process ${process.pid}`, makes));
  context.shared.set(lockCell, lock);
  return lock;
}

/** Gives the lock back, if it is held. */
export async function giveBackLock(context: HostContext): Promise<void> {
  const lock = heldLock(context);
  context.shared.delete(lockCell);
  // Another run may have switched since.
  if (lock?.isLost()) context.live(undefined);
  await lock?.release();
}

const heldLock = ({ shared }: HostContext) => shared.get(lockCell);

const noLock: Lock = {
  token: "",
  release: async () => {},
  isLost: () => false,
  isFresh: () => true,
  heard: () => {},
  serves: () => {},
  renew: async () => false,
};
