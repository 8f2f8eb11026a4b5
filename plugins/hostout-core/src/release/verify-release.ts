import { type Connection, type Outcome, reportError } from "@hostout/kit";
import { type Lock, siteStore } from "@hostout/releases";
import { verify, verifyWith } from "../verify/verify.ts";
import { hasRunLines } from "./halted.ts";
import type { OnHost } from "./release-options.ts";

/** Verifies what is served; within a deploy it is from then on known to be good. */
export async function verifyRelease(context: OnHost): Promise<Outcome> {
  const outcome = await verifyOrTell(context);
  const lock = context.shared.get("lock") as Lock | undefined;
  if (!lock || context.dryRun) return outcome;
  const store = await siteStore(context);
  const { served, releases } = await store.state();
  const record = releases.find(({ name }) => name === served);
  if (record?.result === "built") await store.record({ ...record, result: "ok" }, lock);
  return outcome;
}

/** Root, where this run has run lines of the site as root: what they start is root's. */
function eyesOf(context: OnHost): Connection | undefined {
  const { options, remote } = context;
  return options.commandsAs === "root" && hasRunLines(context) ? remote.as("root") : undefined;
}

/** What goes back because of it finds the reason. */
async function verifyOrTell(context: OnHost): Promise<Outcome> {
  try {
    const eyes = eyesOf(context);
    return await (eyes ? verifyWith(context, eyes) : verify(context));
  } catch (error) {
    context.shared.set("failure", reportError(error).message);
    throw error;
  }
}
