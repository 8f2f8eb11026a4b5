import { parseRecord } from "@hostout/releases";
import type { SharedHost } from "./line.ts";
import { modelConnection } from "./model-host.ts";
import { emptyStore } from "./model-store.ts";

/** A host whose site is a store in memory. */
export function modelSharedHost(
  name: string,
  at: () => string,
  labelOf: (hash: string | undefined) => string | undefined,
): SharedHost {
  const store = emptyStore();
  return {
    name,
    connection: modelConnection(name, store, at),
    live: () => {
      const { current } = store;
      if (current !== undefined && !store.folders.has(current)) throw new Error(`${current} is gone`);
      return current;
    },
    switchers: () => store.log.map(({ who }) => who),
    labelOf: (release) => {
      const text = store.records.get(release) ?? store.failed.get(release);
      return text === undefined ? undefined : labelOf(parseRecord(release, text).package);
    },
  };
}
