import { sh } from "@hostout/kit";
import type { OnHost } from "../options.ts";

/**
 * Where a folder on the host is, with no link in its path; the path as given, where that folder does not belong to the site's owner. rsync
 * follows no link of that account where it is run by root, and root must not be led into a folder of somebody else.
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
