import { type Connection, type Outcome, reportError } from "@hostout/kit";
import { isServing, lockCell, recordPassed, siteStore } from "@hostout/releases";
import { verifyWith } from "../../verify/verify.ts";
import { failureCell } from "../values/cells.ts";
import type { OnHost } from "../values/release-options.ts";
import { hasRunLines } from "./halted.ts";

/** Checks the live release. Within a deploy, the release then counts as good. */
export async function verifyRelease(context: OnHost): Promise<Outcome> {
  const outcome = await verifyOrTell(context);
  const lock = context.shared.get(lockCell);
  if (!lock || context.dryRun) return outcome;
  const store = await siteStore(context);
  const { served, releases } = await store.state();
  const record = releases.find(({ name }) => name === served);
  if (record?.result === "built") await recordPassed(context, store, record, lock);
  return outcome;
}

/** Returns root's connection if this run used root's rights for lines of the site, else the owner's. Root sees all processes. */
function eyesOf(context: OnHost): Connection {
  const { options, remote } = context;
  if (remote.user === "root") return remote;
  return remote.as(options.commandsAs === "root" && hasRunLines(context) ? "root" : "effective");
}

/** Returns the folder of the live release, if the lock of this run makes it known without a question. */
async function knownFolder(context: OnHost): Promise<string | undefined> {
  if (!context.shared.has(lockCell) || context.dryRun) return undefined;
  const store = await siteStore(context);
  return isServing(await store.state()) ? `${store.path}/current` : undefined;
}

/** Checks the release, and records the reason of a failure for the rollback. */
async function verifyOrTell(context: OnHost): Promise<Outcome> {
  try {
    return await verifyWith(context, { eyes: eyesOf(context), folder: await knownFolder(context) });
  } catch (error) {
    context.shared.set(failureCell, reportError(error).message);
    throw error;
  }
}
