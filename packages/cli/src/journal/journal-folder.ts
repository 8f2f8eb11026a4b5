import { dirname, join } from "node:path";

/** Where the runs of a configuration are written down: beside it, or in the present folder where it has an address. */
export function journalFolder(config: string, folder = process.cwd()): string {
  return join(config.startsWith("/") ? dirname(config) : folder, ".hostout", "runs");
}
