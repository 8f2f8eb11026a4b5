import type { HostContext } from "@hostout/kit";
import type { RenewableLock as Lock } from "../store/lock.ts";
import type { Store } from "../store/store.ts";
import { takeMark } from "./go-live.ts";
import { settlePrepared } from "./prepared.ts";

/** Makes a complete release live, and warns about each wanted link whose place is taken. */
export async function switchAndWarn(
  context: Pick<HostContext, "shared" | "warn">,
  store: Store,
  release: string,
  links: readonly string[],
  lock: Lock,
  mark = takeMark(context),
): Promise<void> {
  for (const name of await store.switchTo(release, links, lock, mark))
    context.warn(
      `${store.path}/${name} is no link to the live release, and stays. Move it away; the next deploy makes the link`,
    );
  await settlePrepared(store, release, lock);
}
