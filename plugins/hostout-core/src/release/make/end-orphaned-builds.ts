import { posix } from "node:path";
import type { Connection } from "@hostout/kit";
import { releaseForm, type Store } from "@hostout/releases";
import type { OnHost } from "../values/release-options.ts";

/** Returns the account that builds releases on the host. */
export function builderOf({ options, remote }: OnHost): {
  readonly builder: Connection;
  readonly isOther: boolean;
} {
  const { effectiveUser, buildoutUser } = options;
  const isOther = buildoutUser !== undefined && buildoutUser !== (effectiveUser ?? remote.user);
  return { builder: remote.as(isOther ? "buildout" : "effective"), isOther };
}

/**
 * Ends builds whose client has died, or lost the lock that this run holds now. They would cost time and disk beside the next
 * build, and write into folders that are removed. The build of `release` continues, because a resumed run follows it.
 */
export async function endOrphanedBuilds(context: OnHost, store: Store, release?: string): Promise<void> {
  if (context.dryRun) return;
  const { leftovers } = await store.state();
  if (!leftovers.some((name) => name !== release && releaseForm.test(name))) return;
  const except = release === undefined ? undefined : store.folderOf(release);
  const { builder } = builderOf(context);
  for (const folder of await builder.endDetached(`${store.path}/releases`, except))
    context.warn(
      `hostout ended the build of ${posix.basename(folder)}: its client is gone, and the build still ran`,
    );
}
