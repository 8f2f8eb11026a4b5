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

/** Runs the lines of `verify` on a host in order. Repeats each line until it passes. */
export function verify(context: VerifyContext): Promise<Outcome> {
  return verifyWith(context);
}

/** Facts that the caller knows about the host. */
interface Known {
  /** The connection that may see the listeners of the port. If not given, the host is not asked for them. */
  readonly eyes?: Connection;
  /** The folder of the live release. If not given, the host is asked for it. */
  readonly folder?: string | undefined;
}

/** Runs the lines of `verify`, and explains a failure by the process that holds the port. */
export async function verifyWith(context: VerifyContext, { eyes, ...known }: Known = {}): Promise<Outcome> {
  const { site, options, remote, local, signal, note, detail } = context;
  const origin = site.values.get("verify")?.origin;
  const checks = (options.verify ?? []).map((line) => readCheck(site, line));
  if (checks.length === 0) return { status: "skipped", note: "no verify lines" };
  if (context.dryRun) {
    for (const check of checks) note(`would verify: ${check.name(context.host)}`);
    return { status: "ok" };
  }
  const folder = known.folder ?? (await folderFor(checks, context));
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

/** The health of the live release by the lines of `verify`. */
export type Health = { readonly isOk: true } | { readonly isOk: false; readonly why: string };

/** The time limit of each line in `status`. */
const glanceMs = 5000;

/**
 * Runs the lines of `verify` with a short limit, up to the first failure. Returns undefined without lines, and
 * in a dry run.
 */
export async function healthOf(context: VerifyContext): Promise<Health | undefined> {
  if ((context.options.verify ?? []).length === 0) return undefined;
  if (context.dryRun) {
    // A dry run does not run the commands, so every check would pass.
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

/** Returns the host with the address that ssh uses: an alias of ssh's configuration does not work in a URL. */
async function reachedHost(checks: readonly SiteCheck[], { host, remote }: VerifyContext): Promise<Host> {
  if (!checks.some(({ needsAddress }) => needsAddress)) return host;
  return { ...host, address: (await remote.address?.()) ?? host.address };
}

/**
 * Returns the error with a hint that names the process on the port, if that process does not belong to the
 * site.
 */
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

/** Warns if a process of an older release may have answered instead of the new one. */
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

/** Returns the folder of the live release. A site that is deployed in place has no `current`. */
async function folderFor(checks: readonly SiteCheck[], { remote, options }: VerifyContext): Promise<string> {
  if (!checks.some(({ needsFolder }) => needsFolder)) return options.path;
  // `~` is the login user's home, whichever account runs the commands.
  const path = await absolutePath(remote, options.path);
  const current = `${path}/current`;
  return (await remote.as("effective").test(["test", "-d", current])) ? current : path;
}
