import type { Next, Outcome } from "@hostout/kit";
import { giveBackLock, keepLock, type Lock, type Store, siteStore, withLock } from "@hostout/releases";
import { deleting, deploying, keeping } from "../cells.ts";
import type { OnHost } from "../options.ts";
import { stagingPath } from "../staging/staging.ts";
import { onStaging } from "../staging/staging-lock.ts";

type Context = OnHost<{ readonly delete: boolean | undefined }>;

/** Keeps the lock that the push takes until it has switched. */
export async function pushUnderLock(context: Context, next: Next): Promise<Outcome> {
  const { args, dryRun, shared } = context;
  // A push that another command of this host calls is within what that command keeps.
  const isInner = shared.has(keeping);
  if (args.delete) shared.set(deleting, true);
  if (!isInner) shared.set(keeping, true);
  try {
    return await next();
  } finally {
    shared.delete(deleting);
    if (!isInner) shared.delete(keeping);
    if (!isInner && !dryRun) await giveBackLock(context);
  }
}

/**
 * Keeps the lock that the push takes until the site was restarted or went back: nobody switches or removes anything before. Nobody builds on
 * staging meanwhile, either: what follows the push sends from there, too.
 */
export async function deployUnderLock(context: Context, next: Next): Promise<Outcome> {
  const { dryRun, shared } = context;
  shared.set(deploying, true);
  try {
    const work = async () => {
      const outcome = await next();
      if (!dryRun) await settleDeploy(context);
      return outcome;
    };
    const staged = await stagingPath(context);
    return await onStaging(context, staged, () => pushUnderLock(context, work), { reads: true });
  } finally {
    shared.delete(deploying);
  }
}

/** As withLock; within {@link pushUnderLock} the lock is kept when the work is done. */
export async function withDeployLock<T>(
  context: OnHost,
  store: Store,
  work: (lock: Lock) => Promise<T>,
): Promise<T> {
  if (context.shared.has(keeping) && !context.dryRun) await keepLock(context, store);
  return withLock(context, store, work);
}

/** Whether the release that is sent is activated by the same command. */
export function isKeeping({ shared }: OnHost): boolean {
  return shared.has(keeping);
}

export function isDeploying({ shared }: OnHost): boolean {
  return shared.has(deploying);
}

/** Whether files that staging does not have are removed: `--delete`, or `push-delete`. */
export function deletes({ args, options, shared }: Context): boolean {
  return args.delete === true || options.pushDelete || shared.has(deleting);
}

/** The site runs what is live: removes the mark of the switch. */
export async function settleDeploy(context: OnHost): Promise<void> {
  const store = await siteStore(context);
  if ((await store.state()).isUnsettled) await withLock(context, store, (lock) => store.settle(true, lock));
}
