import { HostoutError, type Target } from "@hostout/kit";
import { journalFolder } from "./journal-folder.ts";
import { readRun, reportsOf, runNames } from "./read-journal.ts";

/** Whether a host failed, or could not be reached, in the last run of a configuration. @throws HostoutError `usage` when there was none */
export function failedBefore(config: string): (target: Target) => boolean {
  const folder = journalFolder(config);
  const [last] = runNames(folder);
  if (last === undefined) {
    throw new HostoutError({
      code: "usage",
      message: `there is no run before this one in ${folder}`,
      hint: "Leave --failed out.",
    });
  }
  const reports = reportsOf(readRun(folder, last)).filter(
    ({ status }) => status === "failed" || status === "unreachable",
  );
  const keys = new Set(reports.map(({ site, host }) => JSON.stringify([site, host])));
  return ({ site, host }) => keys.has(JSON.stringify([site.name, host.name]));
}
