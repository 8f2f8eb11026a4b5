import { absolutePath, cell, type HostContext, isHostoutError, lockHolder } from "@hostout/kit";
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

/** The release to which the host rolls back, while it does. */
export const targetCell = cell<string>("@hostout/releases/target");

/** The release that the run made, if a plugin other than hostout-core made it. */
export const madeCell = cell<string>("@hostout/releases/made");

/** Opens the store of the site on the host, with the rights of the site's owner. */
export async function siteStore(context: HostContext): Promise<Store> {
  const { site, remote, options, shared } = context;
  const path = shared.get(pathCell) ?? (await absolutePath(remote, options.path));
  const known = shared.get(knownCell) ?? knownState();
  shared.set(pathCell, path);
  shared.set(knownCell, known);
  const settings = {
    site: site.name,
    prepare: () => prepare(context, path),
    known,
    found: (state: StoreState) => tellFound(state, context.live),
  };
  return tellingLive(openStore(remote.as("effective"), path, settings), context.live);
}

/** Reports the live release of a state, and its last switch. */
function tellFound({ served, foreign, log }: StoreState, live: HostContext["live"]): void {
  // The state knows no time of the switches of this run.
  live(served ?? foreign ?? null, log.findLast(({ at }) => at !== "") ?? null);
}

/** Wraps a store so that the recap shows the live release that the store finds or switches to. */
function tellingLive(store: Store, live: HostContext["live"]): Store {
  const found = (state: StoreState) => {
    tellFound(state, live);
    return state;
  };
  const switching = async <T>(release: string | null, work: () => Promise<T>) => {
    // A host that is lost meanwhile may have switched or not.
    live(undefined);
    const done = await work();
    live(release);
    return done;
  };
  const telling: Store = {
    ...store,
    state: async () => found(await store.state()),
    look: async (further) => {
      const look = await store.look(further);
      found(look.state);
      return look;
    },
    lock: async (...words) => {
      const lock = await store.lock(...words);
      // Between a look and the lock another run may have switched. The answer to the lock has the state.
      found(await store.state());
      return lock;
    },
    switchTo: (release, ...words) => switching(release, () => store.switchTo(release, ...words)),
    goBack: (failed, before, lock) => switching(before ?? null, () => store.goBack(failed, before, lock)),
  };
  return unlessLocked(telling, () => live(undefined));
}

/** Calls `tell` if another run has the lock, or had it meanwhile: an earlier answer may be out of date. */
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

/** Makes the folders as the owner of the site. If the owner may not, root makes the site's folder and gives it to the owner. */
async function prepare({ remote, options: { effectiveUser } }: HostContext, path: string): Promise<void> {
  const owner = effectiveUser ?? remote.user;
  const make = () =>
    remote.as("effective").run(["sh", "-c", prepareScript, "hostout", path], { quiet: true });
  try {
    await make();
  } catch (error) {
    // Root would fail for the same reason.
    const isFinal = [exits.systemFolder, exits.nested, exits.varLost, exits.linked, exits.unguarded].some(
      (exit) => exit === exitOf(error),
    );
    if (isFinal || owner === "root") throw error;
    try {
      const words = ["sh", "-c", giveScript, "hostout", path, owner, remote.user];
      await remote.as("root").run(words, { quiet: true });
    } catch (refused) {
      // If nobody may become root, the owner's error is the reason to show.
      throw isHostoutError(refused) && refused.code === "sudo-refused" ? error : refused;
    }
    await make();
  }
}

/**
 * Does `work` under the lock of the site on the host: the lock of a command around this one, or a new one. A dry run
 * takes no lock.
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
 * Does `work` that stops, starts or runs the site, only with proof that its lock is held: an earlier lock or a new one.
 * A host without a release of hostout has nothing to lock.
 *
 * @throws HostoutError `locked`; the work has not begun
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

/** Proves the lock like {@link withProof}, within a command that holds it. A command that a user ran alone has no lock. */
export async function proveHeld(context: HostContext, store: Store): Promise<void> {
  const held = heldLock(context);
  if (held) await store.prove(held);
}

/** Proves, if a command has lost its lock, that no other run has switched since. @throws HostoutError `locked` */
export async function refuseLost(context: HostContext, store: Store): Promise<void> {
  const held = heldLock(context);
  if (held?.isLost()) await store.prove(held);
}

/** Takes the lock, unless it is held, for all work on the host until {@link giveBackLock}. */
export async function keepLock(context: HostContext, store: Store, makes = true): Promise<Lock> {
  const lock = heldLock(context) ?? (await store.lock(lockHolder(), makes));
  context.shared.set(lockCell, lock);
  return lock;
}

/** Frees the lock, if it is held. */
export async function giveBackLock(context: HostContext): Promise<void> {
  const lock = heldLock(context);
  context.shared.delete(lockCell);
  await lock?.release();
  // Another run may have switched since, also if somebody took the lock away while it was given back.
  if (lock?.isLost()) context.live(undefined);
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
