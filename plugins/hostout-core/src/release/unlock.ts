import type { Outcome } from "@hostout/kit";
import { siteStore } from "@hostout/releases";
import type { OnHost } from "./values/release-options.ts";

/** Ends the run that holds the lock of the site, where it hangs; a lock whose holder is gone frees itself. */
export async function unlock(context: OnHost): Promise<Outcome> {
  const store = await siteStore(context);
  const { lockedBy } = await store.state();
  if (lockedBy === undefined) return { status: "unchanged", note: "no run holds the lock" };
  if (context.dryRun) return { status: "ok", note: `would take it from ${lockedBy}` };
  await store.unlock();
  return { status: "ok", note: `taken from ${lockedBy}` };
}
