import { formatRecord, parseRecord, type ReleaseRecord } from "./release-record.ts";
import type { Removable } from "./removable.ts";
import type { StoreState } from "./store-state.ts";

/** The effect of a change on the state of a store. */
export type Effect = (before: StoreState) => StoreState;

/**
 * Keeps the state of a store while its lock is held, so that hostout need not ask the host again. Nobody else changes
 * the state meanwhile, and hostout computes the effect of its own changes.
 */
export interface KnownState {
  /** Returns the known state, else the answer of `ask`. */
  readonly get: (ask: () => Promise<StoreState>) => Promise<StoreState>;
  /** Whether the last look found no store, and none was made since. */
  lacksStore: boolean;
  /** Whether the last look found no folder of the site: all that is in it now is of this run. */
  isNewSite: boolean;
  /** Records that the lock is held from now on, with that state. Undefined: the lock is no longer held. */
  readonly hold: (state: StoreState | undefined) => void;
  /** Applies a change to the known state. Without `effect`, the next `get` asks the host. */
  readonly change: (effect?: Effect) => void;
}

export function knownState(): KnownState {
  let isHeld = false;
  let known: StoreState | undefined;
  return {
    lacksStore: false,
    isNewSite: false,
    get: async (ask) => {
      if (known) return known;
      const state = await ask();
      if (isHeld) known = state;
      return state;
    },
    hold: (state) => {
      isHeld = state !== undefined;
      known = state;
    },
    change: (effect) => {
      known = known && effect?.(known);
    },
  };
}

/** The effect of a package that the host received. */
export const received =
  (hash: string): Effect =>
  (state) => ({
    ...state,
    packages: [...new Set([...state.packages, hash])].sort(),
    closedPackages: state.closedPackages.filter((other) => other !== hash),
  });

/** The effect of a new release folder that is not complete yet. */
export const begun =
  (release: string): Effect =>
  (state) => ({ ...state, leftovers: [...new Set([...state.leftovers, release])].sort() });

/** The effect of a complete release, or of a new record for it. */
export const recorded =
  (record: ReleaseRecord): Effect =>
  (state) => {
    const isOther = ({ name }: { readonly name: string }) => name !== record.name;
    // The host would report the same values.
    const releases = [...state.releases.filter(isOther), parseRecord(record.name, formatRecord(record))].sort(
      (a, b) => (a.name < b.name ? -1 : 1),
    );
    return {
      ...state,
      releases,
      failed: state.failed.filter(isOther),
      leftovers: state.leftovers.filter((name) => name !== record.name),
    };
  };

/** The effect of a switch to another release that has those programs. */
export const switched =
  (release: string, programs: readonly string[]): Effect =>
  (state) => {
    // The host first logs the release that was live before, if the log lacks it.
    const log = [...state.log];
    for (const name of [state.served, release])
      if (name !== undefined && log.at(-1)?.release !== name) log.push({ at: "", release: name });
    return { ...state, log, served: release, foreign: undefined, programs };
  };

/** The effect of the removal of entries, all of which are gone. The host keeps the live release, whatever was to be removed. */
export const removed =
  (what: readonly Removable[]): Effect =>
  (state) => {
    const isGone = (kind: Removable["kind"], name: string) =>
      what.some((one) => one.kind === kind && one.name === name) && name !== state.served;
    return {
      ...state,
      releases: state.releases.filter(({ name }) => !isGone("release", name)),
      failed: state.failed.filter(({ name }) => !isGone("record", name)),
      leftovers: state.leftovers.filter((name) => !isGone("folder", name)),
      remnants: state.remnants.filter((name) => !isGone("remnant", name)),
      pinned: state.pinned.filter((name) => !isGone("release", name) && !isGone("folder", name)),
      packages: state.packages.filter((hash) => !isGone("package", hash)),
      closedPackages: state.closedPackages.filter((hash) => !isGone("package", hash)),
    };
  };

/** The effect of the mark: the site runs the live release, or it rolls back to another one. */
export const settled =
  (isSettled: boolean, goingBackTo: string | undefined): Effect =>
  (state) => ({ ...state, isUnsettled: !isSettled, goingBackTo: isSettled ? undefined : goingBackTo });
