import { formatRecord, parseRecord, type ReleaseRecord } from "./release-record.ts";
import type { StoreState } from "./store-state.ts";

/** What a change makes of the state of a store. */
export type Effect = (before: StoreState) => StoreState;

/**
 * Spares asking a host for the state of a store while its lock is held: nobody else changes it then, and of our own changes is known what
 * they come to.
 */
export interface KnownState {
  /** What is known, else what `ask` says. */
  readonly get: (ask: () => Promise<StoreState>) => Promise<StoreState>;
  /** The lock is held from now on, with that state; or (undefined) not any more. */
  readonly hold: (state: StoreState | undefined) => void;
  /** Something was changed. Without `effect`, what it came to is asked for. */
  readonly change: (effect?: Effect) => void;
}

export function knownState(): KnownState {
  let isHeld = false;
  let known: StoreState | undefined;
  return {
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

/** A package was received. */
export const received =
  (hash: string): Effect =>
  (state) => ({
    ...state,
    packages: [...new Set([...state.packages, hash])].sort(),
    closedPackages: state.closedPackages.filter((other) => other !== hash),
  });

/** The folder of a release is there, and is not complete. */
export const begun =
  (release: string): Effect =>
  (state) => ({ ...state, leftovers: [...new Set([...state.leftovers, release])].sort() });

/** A release is complete, or its record is another one. */
export const recorded =
  (record: ReleaseRecord): Effect =>
  (state) => {
    const isOther = ({ name }: { readonly name: string }) => name !== record.name;
    // As the host would say it.
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

/** Another release is served. */
export const switched =
  (release: string): Effect =>
  (state) => {
    // The host writes down first what was served before, where that is missing.
    const log = [...state.log];
    for (const name of [state.served, release])
      if (name !== undefined && log.at(-1)?.release !== name) log.push({ at: "", release: name });
    return { ...state, log, served: release, foreign: undefined };
  };

/** Whether what is served also runs; if not, what is gone back to. */
export const settled =
  (isSettled: boolean, goingBackTo: string | undefined): Effect =>
  (state) => ({ ...state, isUnsettled: !isSettled, goingBackTo: isSettled ? undefined : goingBackTo });
