import { HostoutError, isHostoutError, reportError } from "@hostout/kit";
import type { OnHost } from "../values/release-options.ts";

/** Returns an error that says that the site is stopped, if `error` is of its start. `live`: the release that is live. */
export function notStarted({ host, site, options }: OnHost, error: unknown, live: string): unknown {
  if (!isHostoutError(error) || (error.code !== "command-failed" && error.code !== "timeout")) return error;
  if (reportError(error).command?.at(-1) !== "start") return error;
  const isOfTwo = options.startCmd !== undefined && options.postCommands !== undefined;
  const how = isOfTwo ? "the site is stopped, or started only in part" : "the site is stopped";
  return new HostoutError({
    code: error.code,
    message: `${host.name}: ${live} is live, but did not start: ${how}: ${error.message.replace(`${host.name}: `, "")}`,
    hint: `Remove the cause on the host, then start the site: hostout ${site.name} start`,
    origin: error.origin,
    host: host.name,
    status: error.status,
    cause: error,
  });
}

/** Starts the site. `live`: the release that is live. @throws HostoutError that says that the site is stopped */
export async function startLive(context: OnHost, live: string): Promise<void> {
  try {
    await context.call("start");
  } catch (error) {
    throw notStarted(context, error, live);
  }
}
