import { join } from "node:path";
import { HostoutError, sh } from "@hostout/kit";
import type { OnHost } from "../options.ts";
import { remoteAdmin } from "../staging/staging.ts";

/**
 * Refuses a site whose `var` is a link to a missing folder. Its data is elsewhere, often on a disk that is not
 * mounted.
 *
 * @throws HostoutError `refused`
 */
export async function refuseLostVar(context: OnHost, path: string): Promise<void> {
  const link = join(path, "var");
  const target = await remoteAdmin(context).capture(
    sh`if [ -L ${link} ] && [ ! -e ${link} ]; then readlink ${link}; fi`,
    { quiet: true, title: `look at ${link}` },
  );
  if (target === "") return;
  throw new HostoutError({
    code: "refused",
    message: `${context.host.name}: ${link} is a link to ${target}, which does not exist; nothing was changed`,
    hint: "Mount its disk there, or make that folder.",
    host: context.host.name,
  });
}
