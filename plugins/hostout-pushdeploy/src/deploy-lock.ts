import type { Next, Outcome } from "@hostout/kit";
import { giveBackLock, keepLock, type Lock, type Store, siteStore, withLock } from "@hostout/releases";
import type { OnHost } from "./options.ts";

/** Of what a host's commands share: whether a deploy is under way, which a push takes the lock for. */
const deploying = "deploying";

/** Keeps the lock that the push takes until the site was restarted or went back: nobody switches or removes anything before. */
export async function deployUnderLock(context: OnHost, next: Next): Promise<Outcome> {
  const { dryRun, shared } = context;
  if (dryRun) return next();
  shared.set(deploying, true);
  try {
    const outcome = await next();
    await settleIfNot(context);
    return outcome;
  } finally {
    shared.delete(deploying);
    await giveBackLock(context);
  }
}

/** As withLock; in a deploy the lock is kept when the work is done. */
export async function withDeployLock<T>(
  context: OnHost,
  store: Store,
  work: (lock: Lock) => Promise<T>,
): Promise<T> {
  if (isDeploying(context)) await keepLock(context, store);
  return withLock(context, store, work);
}

export function isDeploying({ shared }: OnHost): boolean {
  return shared.get(deploying) === true;
}

async function settleIfNot(context: OnHost): Promise<void> {
  const store = await siteStore(context);
  if ((await store.state()).isUnsettled) await withLock(context, store, (lock) => store.settle(true, lock));
}
