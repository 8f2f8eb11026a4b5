import { HostoutError, type Target } from "@hostout/kit";
import { lastRunOf, reportsOf } from "./read-journal.ts";

/**
 * Returns a check whether a host failed, or was unreachable, in the last run of a configuration.
 *
 * @throws HostoutError `usage` if there was no run
 */
export function failedBefore(config: string): (target: Target) => boolean {
  const last = lastRunOf(config);
  if (!last) {
    throw new HostoutError({
      code: "usage",
      message: `there was no run of ${config} before this one`,
      hint: "Leave --failed out.",
    });
  }
  const failed = reportsOf(last).filter(({ status }) => status === "failed" || status === "unreachable");
  return ({ site, host }) => failed.some((one) => one.site === site.name && one.host === host.name);
}
