import { HostoutError, readableTime, type Site, who } from "@hostout/kit";
import { preparedReleases } from "../state/prepared-releases.ts";
import type { ReleaseRecord } from "../state/release-record.ts";
import type { StoreState } from "../state/store-state.ts";
import type { RenewableLock as Lock } from "../store/lock.ts";
import type { Store } from "../store/store.ts";

/** Returns the mark of a prepared release, which somebody activates later. */
export function preparedNow({ served }: StoreState): Pick<ReleaseRecord, "prepared" | "preparer" | "beside"> {
  return { prepared: new Date().toISOString(), preparer: who(), beside: served };
}

/** Returns a record without the mark of {@link preparedNow}. */
export function withoutPrepared(record: ReleaseRecord): ReleaseRecord {
  return { ...record, prepared: undefined, preparer: undefined, beside: undefined };
}

/**
 * Returns the release that `activate` without a name means: `made` in this run, else the release that was prepared
 * last. Undefined if no release is prepared.
 *
 * @throws HostoutError `refused` if the live release has changed since the preparation, or if several people have
 * prepared a release
 */
export function requirePrepared(
  { host, site }: { readonly host: { readonly name: string }; readonly site: Pick<Site, "name"> },
  state: StoreState,
  made: string | undefined,
): string | undefined {
  const pending = preparedReleases(state);
  const found = made === undefined ? pending.at(-1) : pending.find(({ name }) => name === made);
  if (!found) return undefined;
  const refused = (message: string, hint: string) =>
    new HostoutError({ code: "refused", message: `${host.name}: ${message}`, hint, host: host.name });
  const others = pending.filter(({ preparer }) => preparer !== found.preparer);
  if (made === undefined && others.length > 0) {
    const list = pending.map(({ name, preparer, prepared }) => `${name} by ${preparer} at ${prepared}`);
    throw refused(
      `several people have prepared a release: ${list.join(", ")}; nothing was switched`,
      `Name the release: hostout ${site.name} activate ${found.name}`,
    );
  }
  if (found.beside === state.served) return found.name;
  throw refused(
    `${found.name} was prepared by ${found.preparer} at ${found.prepared}, when ${found.beside ?? "no release"} was live; since then ${nowLive(state)}; nothing was switched`,
    `Prepare it again: hostout ${site.name} prepare; or activate it all the same: hostout ${site.name} activate ${found.name}`,
  );
}

/** Describes the live release: its name, and by whom and when it was made live. */
function nowLive({ served, log, releases }: StoreState): string {
  const { at = "", who: switcher = "" } = log.findLast(({ release }) => release === served) ?? {};
  const record = releases.find(({ name }) => name === served);
  const by = switcher || record?.who || "somebody";
  return served === undefined
    ? "no release is live"
    : `${by} has switched to ${served}${at === "" ? "" : ` at ${readableTime(at)}`}`;
}

/** Removes the mark from a release that is now live, and from those that the same person prepared before it. */
export async function settlePrepared(store: Store, release: string, lock: Lock): Promise<void> {
  const state = await store.state();
  const live = state.releases.find(({ name }) => name === release);
  if (live?.prepared === undefined) return;
  const older = preparedReleases(state).filter(
    ({ preparer, prepared }) => preparer === live.preparer && prepared! < live.prepared!,
  );
  for (const record of [live, ...older]) await store.record(withoutPrepared(record), lock);
}
