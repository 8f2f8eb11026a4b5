import type { ReleaseRecord } from "./release-record.ts";
import type { StoreState } from "./store-state.ts";

/** Returns the prepared releases that nobody has activated yet, in the order of their preparation. */
export function preparedReleases({ releases, served }: StoreState): readonly ReleaseRecord[] {
  return releases
    .filter(({ name, prepared }) => prepared !== undefined && name !== served)
    .sort((one, other) => (one.prepared! < other.prepared! ? -1 : 1));
}
