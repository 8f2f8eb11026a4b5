import type { Outcome } from "@hostout/kit";
import { siteStore, withLock } from "@hostout/releases";
import { requireRelease } from "./switch/activate.ts";
import type { OnHost } from "./values/release-options.ts";

/** Keeps a release from clean-up, or gives it back to it. Without a name, the live release. */
export async function pinRelease(
  context: OnHost<{ readonly release: string | undefined; readonly off: boolean }>,
): Promise<Outcome> {
  const { args, dryRun } = context;
  const store = await siteStore(context);
  return withLock(
    context,
    store,
    async () => {
      const state = await store.state();
      const release = requireRelease(context, state, args.release ?? state.served);
      if (state.pinned.includes(release) === !args.off) return { status: "unchanged", note: release };
      if (dryRun) return { status: "ok", note: `would ${args.off ? "unpin" : "pin"} ${release}` };
      await store.pin(release, !args.off);
      return { status: "ok", note: release };
    },
    { makes: false },
  );
}
