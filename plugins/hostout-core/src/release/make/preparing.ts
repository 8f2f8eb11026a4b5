import type { Next, Outcome } from "@hostout/kit";
import { cell } from "@hostout/kit";
import { preparedNow, type ReleaseRecord, type StoreState, withoutPrepared } from "@hostout/releases";
import type { OnHost } from "../values/release-options.ts";

const key = cell<true>("hostout-core/preparing");

/** Makes the steps of `prepare` mark their release, which somebody activates later. */
export async function markPreparing({ shared }: OnHost, next: Next): Promise<Outcome> {
  shared.set(key, true);
  try {
    return await next();
  } finally {
    shared.delete(key);
  }
}

/** Whether the release is made to be activated later. */
export function isPreparing({ shared }: OnHost): boolean {
  return shared.has(key);
}

/** Returns the record of a release of this run, with the mark of a prepared one if somebody is to activate it later. */
export function markedRecord(context: OnHost, record: ReleaseRecord, state: StoreState): ReleaseRecord {
  const isMarked = isPreparing(context) && record.name !== state.served;
  return isMarked ? { ...record, ...preparedNow(state) } : withoutPrepared(record);
}
