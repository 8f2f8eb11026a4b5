import type { Next, Outcome } from "@hostout/kit";
import {
  giveBackLock,
  keepLock,
  type Lock,
  requireStillLive,
  type Store,
  siteStore,
  withLock,
} from "@hostout/releases";
import { activatedValue, deleting, deploying, keeping } from "../cells.ts";
import type { OnHost } from "../options.ts";
import { stagingPath } from "../staging/staging.ts";
import { onStaging } from "../staging/staging-lock.ts";

type Context = OnHost<{ readonly delete: boolean | undefined }>;

/** Runs a push and keeps its lock until the push has switched. */
export async function pushUnderLock(context: Context, next: Next): Promise<Outcome> {
  const { args, dryRun, shared } = context;
  // Another command of this host may call the push and keep the lock itself.
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
 * Runs a deploy and keeps the lock until the site has restarted or rolled back. No other run can switch or
 * remove a release before that. The staging folder is locked too, because later steps also send from it.
 */
export async function deployUnderLock(context: Context, next: Next): Promise<Outcome> {
  const { dryRun, shared } = context;
  shared.set(deploying, true);
  try {
    const work = async () => {
      const outcome = await next();
      // A resumed run does not switch again.
      await requireStillLive(context, await siteStore(context), context.resultOf(activatedValue));
      if (!dryRun) await settleDeploy(context);
      return outcome;
    };
    const staged = await stagingPath(context);
    return await onStaging(context, staged, () => pushUnderLock(context, work), { reads: true });
  } finally {
    shared.delete(deploying);
  }
}

/** Runs `work` like `withLock`. Within {@link pushUnderLock} the lock outlives `work`. */
export async function withDeployLock<T>(
  context: OnHost,
  store: Store,
  work: (lock: Lock) => Promise<T>,
): Promise<T> {
  if (context.shared.has(keeping) && !context.dryRun) await keepLock(context, store);
  return withLock(context, store, work);
}

/** Checks whether the command that sends the release also activates it. */
export function isKeeping({ shared }: OnHost): boolean {
  return shared.has(keeping);
}

/** Checks whether a deploy runs, which restarts the site after the switch. */
export function isDeploying({ shared }: OnHost): boolean {
  return shared.has(deploying);
}

/** Checks whether the push removes files that staging does not have: `--delete`, or the option `push-delete`. */
export function deletes({ args, options, shared }: Context): boolean {
  return args.delete === true || options.pushDelete || shared.has(deleting);
}

/** Removes the mark of the switch, because the site now runs the live release. */
export async function settleDeploy(context: OnHost): Promise<void> {
  const store = await siteStore(context);
  if ((await store.state()).isUnsettled) await withLock(context, store, (lock) => store.settle(true, lock));
}
