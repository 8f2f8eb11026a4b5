import { dirname, join } from "node:path";

/**
 * Returns the folder with the runs of a configuration: beside the file, or in `folder` if the configuration is
 * a URL.
 */
export function journalFolder(config: string, folder = process.cwd()): string {
  return join(config.startsWith("/") ? dirname(config) : folder, ".hostout", "runs");
}
