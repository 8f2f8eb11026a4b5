import type { Next, Outcome } from "@hostout/kit";
import { lockCell, madeRelease, previousRelease, type StoreState, withProof } from "@hostout/releases";
import { administrator } from "../host/administrator.ts";
import { stopScript } from "../host/scripts.ts";
import type { OnHost } from "../options.ts";
import { hasLines } from "./own-lines.ts";
import { hasUnits } from "./wanted-units.ts";

/**
 * Runs the lines of the site that stop more, then stops its units. A deploy, rollback or restart starts them again, so
 * that each service with an open socket keeps running until `start` restarts it. No request is refused meanwhile.
 */
export async function stop(context: OnHost, next: Next): Promise<Outcome> {
  if (!hasUnits(context)) return next();
  if (hasLines(context, "stop-cmd", "pre-commands")) await next();
  const { store, remote, words } = await administrator(context);
  // A command around this one holds the lock.
  const how = context.shared.has(lockCell) && startsAgain(context, await store.state()) ? "handover" : "all";
  return withProof(context, store, async () => {
    const { stdout } = await remote.run(words(stopScript, how), { quiet: true, title: "stop the units" });
    const stopped = stdout.trim().split("\n").filter(Boolean);
    if (stopped.length > 0 || context.dryRun) return { status: "ok", note: stopped.join(", ") };
    return { status: "skipped", note: how === "all" ? "no unit runs" : "nothing to stop before the switch" };
  });
}

/** Whether a release is left to start: not if the first release of a host has failed. */
function startsAgain(context: OnHost, state: StoreState): boolean {
  const isOnly = previousRelease(state) === undefined && state.foreign === undefined;
  return !(isOnly && state.served !== undefined && state.served === madeRelease(context));
}
