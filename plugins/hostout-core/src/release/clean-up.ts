import type { Outcome } from "@hostout/kit";
import { removable, removeFrom, siteStore, withLock } from "@hostout/releases";
import type { OnHost } from "./release-options.ts";

/** Removes releases and packages that are not needed any more, each with its reason. */
export async function cleanUp(context: OnHost): Promise<Outcome> {
  const { options, note, warn, dryRun } = context;
  const store = await siteStore(context);
  if (options.keep < 1)
    warn("keep is less than 1; what is served and what is gone back to stay all the same");
  const needless = async () => removable(await store.state(), Math.max(0, options.keep));
  const seen = await needless();
  if (seen.length === 0) return { status: "unchanged", value: [] };
  return withLock(context, store, async (lock) => {
    // What was seen without the lock may have changed since.
    const gone = dryRun ? seen : await needless();
    for (const { path, reason } of gone)
      note(`${dryRun ? "would remove" : "remove"} ${store.path}/${path}: ${reason}`);
    if (!dryRun) await removeFrom(context, store, gone, lock);
    const count = gone.length;
    return { status: "ok", note: dryRun ? `would remove ${count}` : `${count} removed`, value: gone };
  });
}
