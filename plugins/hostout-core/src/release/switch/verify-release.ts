import { type Connection, type Outcome, reportError } from "@hostout/kit";
import { lockCell, siteStore } from "@hostout/releases";
import { verifyWith } from "../../verify/verify.ts";
import { failureCell } from "../cells.ts";
import type { OnHost } from "../release-options.ts";
import { hasRunLines } from "./halted.ts";

/** Verifies what is served; within a deploy it is from then on known to be good. */
export async function verifyRelease(context: OnHost): Promise<Outcome> {
  const outcome = await verifyOrTell(context);
  const lock = context.shared.get(lockCell);
  if (!lock || context.dryRun) return outcome;
  const store = await siteStore(context);
  const { served, releases } = await store.state();
  const record = releases.find(({ name }) => name === served);
  if (record?.result === "built") await store.record({ ...record, result: "ok" }, lock);
  return outcome;
}

/** Root may look at each process, who owns the site at its own. Root's rights are used where this run has used them for lines of the site. */
function eyesOf(context: OnHost): Connection {
  const { options, remote } = context;
  if (remote.user === "root") return remote;
  return remote.as(options.commandsAs === "root" && hasRunLines(context) ? "root" : "effective");
}

/** What goes back because of it finds the reason. */
async function verifyOrTell(context: OnHost): Promise<Outcome> {
  try {
    return await verifyWith(context, eyesOf(context));
  } catch (error) {
    context.shared.set(failureCell, reportError(error).message);
    throw error;
  }
}
