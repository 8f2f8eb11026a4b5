import { type Outcome, reportError } from "@hostout/kit";
import { type Lock, siteStore } from "@hostout/releases";
import { verify } from "../verify/verify.ts";
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

/** What goes back because of it finds the reason. */
async function verifyOrTell(context: OnHost): Promise<Outcome> {
  try {
    return await verify(context);
  } catch (error) {
    context.shared.set("failure", reportError(error).message);
    throw error;
  }
}
