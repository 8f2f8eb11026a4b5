import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** What a configuration is called where none is named. */
export const configNames: readonly string[] = ["hostout.cfg", "buildout.cfg"];

/** The configuration file in a folder or the nearest above it. */
export function configAbove(folder: string): string | undefined {
  for (let here = folder; ; here = dirname(here)) {
    const found = configNames.map((name) => join(here, name)).find((file) => existsSync(file));
    if (found !== undefined || dirname(here) === here) return found;
  }
}
