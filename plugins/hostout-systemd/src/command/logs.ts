import { HostoutError } from "@hostout/kit";
import { administrator } from "../host/administrator.ts";
import { logsScript } from "../host/scripts.ts";
import type { OnHost } from "../options.ts";

/** Prints the journal of all units of the site, on all hosts side by side. */
export async function logs(
  context: OnHost<{ readonly lines: number; readonly follow: boolean }>,
): Promise<void> {
  const { args, host } = context;
  if (args.lines < 0)
    throw new HostoutError({
      code: "usage",
      message: `--lines is ${args.lines}, which is no number of lines`,
      hint: "For example: --lines 100",
      host: host.name,
    });
  const { remote, words } = await administrator(context);
  const how = args.follow ? "follow" : "no";
  await remote.run(words(logsScript, String(args.lines), how), { title: "journalctl" });
}
