import { HostoutError, isHostoutError, type Next, type Outcome } from "@hostout/kit";
import { refuseLost, requireStillLive, siteStore, withLock } from "@hostout/releases";
import { askFacts } from "../look/host-facts.ts";
import { warnOfDrift } from "../look/warn-of-drift.ts";
import { tellName } from "../make/names-of-package.ts";
import { requirePackaged } from "../make/package-site.ts";
import { isRebuild } from "../make/rebuild.ts";
import { activatedValue, liveValue, lookCell } from "../values/cells.ts";
import type { OnHost } from "../values/release-options.ts";
import type { Activated } from "./activate.ts";
import { startAgain } from "./rollback.ts";

/** Holds the lock of the site on a host while the host gets a release. Does no work if that release is live already. */
export async function rollOut(context: OnHost, next: Next): Promise<Outcome> {
  const packaged = requirePackaged(context);
  const store = await siteStore(context);
  const unlessLive = isRebuild(context) ? undefined : packaged.hash;
  const look = await store.look({ ...(await askFacts(context)), unlessLive });
  const { state, isTouched } = look;
  tellName(packaged, state);
  const served = state.releases.find(({ name }) => name === state.served);
  if (
    !isRebuild(context) &&
    served?.result === "ok" &&
    served.package === packaged.hash &&
    !state.isUnsettled
  ) {
    const value: Activated = { release: served.name, before: undefined };
    if (isTouched) await warnOfDrift(context, store, served.name);
    return { status: "unchanged", note: `${served.name} is live already`, value };
  }
  context.shared.set(lookCell, look);
  await context.call("check");
  return withLock(context, store, async () => {
    await next().catch(async (error: unknown) => {
      // Its pre-commands may have stopped it before the build.
      await startAgain(context, store, state);
      throw saidToServe(context, error);
    });
    // Others of its hosts may have taken long: another run may have deployed here meanwhile.
    await refuseLost(context, store);
    const value = activated(context);
    await requireStillLive(context, store, value);
    const release = value?.release ?? packaged.release;
    const note = context.dryRun ? `would deploy ${release}` : `Deployment complete at version ${release}`;
    return { status: "ok", note, value };
  });
}

const activated = ({ resultOf }: OnHost) => resultOf(activatedValue);

/** Adds the live release to an interrupt. A host that is being switched first finishes its switch. */
function saidToServe(context: OnHost, error: unknown): unknown {
  const isLive = context.resultOf(liveValue) !== undefined && !context.dryRun;
  if (!isLive || !isHostoutError(error) || error.code !== "interrupted") return error;
  const message = `${error.message}; its live release is ${activated(context)?.release}`;
  return new HostoutError({ code: "interrupted", message, host: context.host.name, cause: error });
}
