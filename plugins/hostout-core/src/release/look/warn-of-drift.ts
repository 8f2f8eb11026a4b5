import type { DriftList, Store } from "@hostout/releases";
import type { OnHost } from "../values/release-options.ts";

const mostTold = 10;

/** Warns of files of the live release that somebody edited on the host. Resolves to what differs. */
export async function warnOfDrift({ warn, site }: OnHost, store: Store, release: string): Promise<DriftList> {
  const drift = await store.drift(release);
  const { files, isCut } = drift;
  for (const { path, how } of files.slice(0, mostTold))
    warn(`${how} on the host: ${store.folderOf(release)}/${path}`);
  if (files.length > mostTold)
    warn(
      `and ${isCut ? "more than " : ""}${files.length - mostTold} more; 'hostout ${site.name} drift' lists them`,
    );
  return drift;
}
