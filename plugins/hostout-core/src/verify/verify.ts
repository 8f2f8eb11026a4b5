import { setTimeout as sleep } from "node:timers/promises";
import {
  absolutePath,
  type Connection,
  type Host,
  type HostContext,
  HostoutError,
  isHostoutError,
  type OptionValues,
  type Outcome,
  type SiteCheck,
} from "@hostout/kit";
import { readCheck } from "./check-kinds.ts";
import { isOlder, nameListener, whoListens } from "./listener.ts";
import { verifyCheck } from "./verify-check.ts";
import type { verifyOptions } from "./verify-options.ts";

type VerifyContext = HostContext<OptionValues<typeof verifyOptions>>;

/** Tries the lines of `verify` on a host, one after the other, until each holds. */
export function verify(context: VerifyContext): Promise<Outcome> {
  return verifyWith(context);
}

/** @param eyes with whose rights the host says who listens at the port that a line asks; if not given, it is not asked */
export async function verifyWith(context: VerifyContext, eyes?: Connection): Promise<Outcome> {
  const { site, options, remote, local, signal, note, detail } = context;
  const origin = site.values.get("verify")?.origin;
  const checks = (options.verify ?? []).map((line) => readCheck(site, line));
  if (checks.length === 0) return { status: "skipped", note: "no verify lines" };
  if (context.dryRun) {
    for (const check of checks) note(`would verify: ${check.name(context.host)}`);
    return { status: "ok" };
  }
  const folder = await folderFor(checks, context);
  const host = await reachedHost(checks, context);
  let last = "";
  for (const check of checks) {
    const { said, durationMs, tries } = await verifyCheck(check, {
      ...{ remote, local, host, folder, signal, origin },
      deadlineMs: Date.now() + options.verifyTimeout,
      now: Date.now,
      wait: (ms) => sleep(ms, undefined, { signal }).catch(() => undefined),
    }).catch(async (error: unknown) => {
      throw await withListener({ ...context, host }, check, error, eyes);
    });
    const again = tries === 1 ? "" : ` at try ${tries}`;
    last = `${check.name(host)} ${said} in ${Math.round(durationMs)} ms${again}`;
    detail(`verify: ${last}`);
    await warnOfOlder({ ...context, host }, check, eyes);
  }
  return { status: "ok", note: checks.length === 1 ? last : `${checks.length} checks` };
}

/** How the live release does by the lines of `verify`. */
export type Health = { readonly isOk: true } | { readonly isOk: false; readonly why: string };

/** How long `status` tries each line. */
const glanceMs = 5000;

/** Tries the lines of `verify` for a moment, up to the first that does not hold; undefined where there are none, and in a dry run. */
export async function healthOf(context: VerifyContext): Promise<Health | undefined> {
  if ((context.options.verify ?? []).length === 0) return undefined;
  if (context.dryRun) {
    // Its commands are not run, and so all of them would hold.
    await verifyWith(context);
    return undefined;
  }
  const verifyTimeout = Math.min(context.options.verifyTimeout, glanceMs);
  const options = { ...context.options, verifyTimeout };
  try {
    await verifyWith({ ...context, options, detail: () => undefined });
    return { isOk: true };
  } catch (error) {
    if (context.signal.aborted || !isHostoutError(error)) throw error;
    return { isOk: false, why: error.message };
  }
}

/** The host with the address that ssh reaches it by: an alias of ssh's configuration is no name for a URL. */
async function reachedHost(checks: readonly SiteCheck[], { host, remote }: VerifyContext): Promise<Host> {
  if (!checks.some(({ needsAddress }) => needsAddress)) return host;
  return { ...host, address: (await remote.address?.()) ?? host.address };
}

/** With the process that listens at the port in the hint, where that is none of the site. */
async function withListener(
  context: VerifyContext,
  check: SiteCheck,
  error: unknown,
  eyes?: Connection,
): Promise<unknown> {
  const port = check.port?.(context.host);
  if (!eyes || port === undefined || !isHostoutError(error) || error.code !== "verify-failed") return error;
  const path = await absolutePath(context.remote, context.options.path);
  const { listeners } = await whoListens(eyes, port, path);
  const [other] = listeners;
  if (other === undefined || listeners.some(({ from }) => from !== "elsewhere")) return error;
  const { message, hint, origin, host } = error;
  return new HostoutError({
    code: "verify-failed",
    message,
    hint: `Port ${port} is held by ${nameListener(other)}, which does not run from ${path}. ${hint ?? ""}`.trim(),
    origin,
    host,
    cause: error,
  });
}

/** A process of an older release may answer in the place of the new one. */
async function warnOfOlder(context: VerifyContext, check: SiteCheck, eyes?: Connection): Promise<void> {
  const port = check.port?.(context.host);
  if (!eyes || port === undefined) return;
  const path = await absolutePath(context.remote, context.options.path);
  const listening = await whoListens(eyes, port, path);
  if (!isOlder(listening)) return;
  context.warn(
    `port ${port} is answered by ${nameListener(listening.listeners[0]!)}, which was started before the live release was switched to: was the old release stopped?`,
  );
}

/** What is served; a site that is deployed in place has no `current`. */
async function folderFor(checks: readonly SiteCheck[], { remote, options }: VerifyContext): Promise<string> {
  if (!checks.some(({ needsFolder }) => needsFolder)) return options.path;
  // A `~` is the home of who logs in, whoever runs the commands.
  const path = await absolutePath(remote, options.path);
  const current = `${path}/current`;
  return (await remote.as("effective").test(["test", "-d", current])) ? current : path;
}
