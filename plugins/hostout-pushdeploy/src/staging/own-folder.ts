import { sh } from "@hostout/kit";
import type { OnHost } from "../options.ts";

/**
 * Returns the path of a folder on the host without links. Returns the path unchanged if the folder does not
 * belong to the owner of the site. When root runs rsync, rsync follows no link of that account, and root must
 * not write to a folder of another account.
 */
export async function ownFolder({ remote }: OnHost, path: string): Promise<string> {
  const found = await remote
    .as("effective")
    .capture(sh`cd -P -- ${path} 2>/dev/null && [ -O . ] && pwd -P; true`, {
      quiet: true,
      title: `look at ${path}`,
    });
  return found || path;
}
