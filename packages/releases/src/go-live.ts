import type { HostContext, Next, Outcome } from "@hostout/kit";
import { siteStore, withLock } from "./site-store.ts";

/**
 * Leaves a mark on the host while the site is stopped, switched and started: should this run be killed meanwhile, the next deploy
 * does not take what is served for what also runs.
 */
export async function goLive(context: HostContext, next: Next): Promise<Outcome> {
  if (context.dryRun) return next();
  const store = await siteStore(context);
  return withLock(
    context,
    store,
    async (lock) => {
      await store.settle(false, lock, context.shared.get("target") as string | undefined);
      const outcome = await next();
      await store.settle(true, lock);
      return outcome;
    },
    { makes: false },
  );
}
