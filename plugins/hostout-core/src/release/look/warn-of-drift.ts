import type { Store } from "@hostout/releases";
import type { OnHost } from "../values/release-options.ts";

const mostTold = 10;

/** Warns of files of the live release that somebody edited on the host. Resolves to their number. */
export async function warnOfDrift({ warn, site }: OnHost, store: Store, release: string): Promise<number> {
  const { files: drift, isCut } = await store.drift(release);
  for (const { path, how } of drift.slice(0, mostTold))
    warn(`${how} on the host: ${store.folderOf(release)}/${path}`);
  if (drift.length > mostTold)
    warn(
      `and ${isCut ? "more than " : ""}${drift.length - mostTold} more; 'hostout ${site.name} drift' lists them`,
    );
  return drift.length;
}
