import type { Outcome } from "@hostout/kit";
import { type Lock, siteStore } from "@hostout/releases";
import { verify } from "../verify/verify.ts";
import type { OnHost } from "./release-options.ts";

/** Verifies what is served; within a deploy it is from then on known to be good. */
export async function verifyRelease(context: OnHost): Promise<Outcome> {
  const outcome = await verify(context);
  const lock = context.shared.get("lock") as Lock | undefined;
  if (!lock || context.dryRun) return outcome;
  const store = await siteStore(context);
  const { served, releases } = await store.state();
  const record = releases.find(({ name }) => name === served);
  if (record?.result === "built") await store.record({ ...record, result: "ok" }, lock);
  return outcome;
}
