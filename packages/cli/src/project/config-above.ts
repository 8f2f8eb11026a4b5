import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The names of a configuration file that hostout finds by itself. */
export const configNames: readonly string[] = ["hostout.cfg", "buildout.cfg"];

/** Returns the configuration file in a folder or in the nearest folder above it. */
export function configAbove(folder: string): string | undefined {
  for (let here = folder; ; here = dirname(here)) {
    const found = configNames.map((name) => join(here, name)).find((file) => existsSync(file));
    if (found !== undefined || dirname(here) === here) return found;
  }
}
