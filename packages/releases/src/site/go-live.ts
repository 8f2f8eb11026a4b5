import type { HostContext, Next, Outcome } from "@hostout/kit";
import { siteStore, targetCell, withLock } from "../store/site-store.ts";

/**
 * Leaves a mark on the host while the site is stopped, switched and started. If this run is killed meanwhile, the next
 * deploy does not assume that the live release also runs.
 */
export async function goLive(context: HostContext, next: Next): Promise<Outcome> {
  if (context.dryRun) return next();
  const store = await siteStore(context);
  return withLock(
    context,
    store,
    async (lock) => {
      const goingBackTo = context.shared.get(targetCell);
      await store.settle(false, lock, goingBackTo);
      const outcome = await next().catch(async (error: unknown) => {
        // The work failed, but was not cut off: the next rollback means the release that was live before.
        if (goingBackTo !== undefined) await store.settle(false, lock).catch(() => undefined);
        throw error;
      });
      await store.settle(true, lock);
      return outcome;
    },
    { makes: false },
  );
}
