import { exits } from "../../../packages/releases/src/script/exits.ts";

/** Who holds the lock of a store. */
interface Holder {
  readonly token: string;
  readonly who: string;
  /** Ends the process that holds it, with that status. */
  readonly end: (status: number) => void;
}

/** The store of a site in memory: what the folders and files of `docs/reference/host-layout.md` hold. */
export interface ModelStore {
  isMade: boolean;
  current: string | undefined;
  readonly log: { readonly at: string; readonly release: string; readonly who: string }[];
  readonly records: Map<string, string>;
  readonly failed: Map<string, string>;
  readonly pins: Set<string>;
  /** Below `releases`. */
  readonly folders: Set<string>;
  readonly packages: Set<string>;
  unsettled: string | undefined;
  holder: Holder | undefined;
}

export function emptyStore(): ModelStore {
  return {
    ...{ isMade: false, current: undefined, log: [], unsettled: undefined, holder: undefined },
    ...{ records: new Map(), failed: new Map(), pins: new Set(), folders: new Set(), packages: new Set() },
  };
}

/**
 * Holds the lock as `holdScript` does: until its input ends, or it is ended. `ended` resolves to its status.
 */
export function hold(
  store: ModelStore,
  [token = "", who = ""]: readonly string[],
): { readonly end: (status: number) => void; readonly ended: Promise<number> } {
  if (!store.isMade) return { end: () => {}, ended: Promise.resolve(exits.noFolder) };
  if (store.holder) return { end: () => {}, ended: Promise.resolve(exits.lockLost) };
  const { promise: ended, resolve } = Promise.withResolvers<number>();
  const end = (status: number) => {
    if (store.holder?.token === token) store.holder = undefined;
    resolve(status);
  };
  store.holder = { token, who, end };
  return { end, ended };
}
