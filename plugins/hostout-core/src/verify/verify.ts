import { setTimeout as sleep } from "node:timers/promises";
import { absolutePath, type HostContext, type OptionValues, type Outcome } from "@hostout/kit";
import { type Check, nameOf } from "./check.ts";
import { parseVerify } from "./parse-verify.ts";
import { verifyCheck } from "./verify-check.ts";
import type { verifyOptions } from "./verify-options.ts";

type VerifyContext = HostContext<OptionValues<typeof verifyOptions>>;

/** Tries the lines of `verify` on a host, one after the other, until each holds. */
export async function verify(context: VerifyContext): Promise<Outcome> {
  const { site, options, host, remote, local, signal, note } = context;
  const origin = site.values.get("verify")?.origin;
  const checks = (options.verify ?? []).map((line) => parseVerify(line, origin));
  if (checks.length === 0) return { status: "skipped", note: "no verify lines" };
  if (context.dryRun) {
    for (const check of checks) note(`would verify: ${nameOf(check, host)}`);
    return { status: "ok" };
  }
  const folder = await folderFor(checks, context);
  for (const check of checks) {
    const { said, durationMs, tries } = await verifyCheck(check, {
      ...{ remote, local, host, folder, signal },
      deadlineMs: Date.now() + options.verifyTimeout,
      now: Date.now,
      wait: (ms) => sleep(ms, undefined, { signal }).catch(() => undefined),
    });
    const again = tries === 1 ? "" : ` at try ${tries}`;
    note(`verify: ${nameOf(check, host)} ${said} in ${Math.round(durationMs)} ms${again}`);
  }
  return { status: "ok", note: checks.length === 1 ? "1 check" : `${checks.length} checks` };
}

/** What is served; a site that is deployed in place has no `current`. */
async function folderFor(checks: readonly Check[], { remote, options }: VerifyContext): Promise<string> {
  if (!checks.some(({ kind }) => kind === "command")) return options.path;
  // A `~` is the home of who logs in, whoever runs the commands.
  const path = await absolutePath(remote, options.path);
  const current = `${path}/current`;
  return (await remote.as("effective").test(["test", "-d", current])) ? current : path;
}
