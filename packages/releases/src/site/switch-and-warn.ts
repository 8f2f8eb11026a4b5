import type { HostContext } from "@hostout/kit";
import type { RenewableLock as Lock } from "../store/lock.ts";
import type { Store } from "../store/store.ts";
import { settlePrepared } from "./prepared.ts";

/** Makes a complete release live, and warns about each wanted link whose place is taken. */
export async function switchAndWarn(
  { warn }: Pick<HostContext, "warn">,
  store: Store,
  release: string,
  links: readonly string[],
  lock: Lock,
): Promise<void> {
  for (const name of await store.switchTo(release, links, lock))
    warn(
      `${store.path}/${name} is no link to what is served, and stays as it is: move it away, and the next release is linked there`,
    );
  await settlePrepared(store, release, lock);
}
