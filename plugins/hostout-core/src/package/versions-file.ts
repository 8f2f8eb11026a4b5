import { resolve } from "node:path";
import type { PackageSettings } from "./package.ts";
import type { Pin } from "./pins.ts";
import type { Project } from "./read-project.ts";
import { readText } from "./replace-file.ts";

/** The pins of the versions file that is there, as the last package was made with; undefined where there is none. */
export async function readVersionsFile(
  { folder, production }: Project,
  { versionsFile }: Pick<PackageSettings, "versionsFile">,
): Promise<readonly Pin[] | undefined> {
  const text = production && (await readText(resolve(folder, versionsFile)));
  return text === undefined ? undefined : pinsIn(text);
}

/** The pins of such a file, in whatever section. */
export function pinsIn(text: string): readonly Pin[] {
  return [...text.matchAll(/^([^\s#;[=:]+)[ \t]*=[ \t]*(\S.*?)\s*$/gm)].map(
    ([, name = "", version = ""]) => ({
      name,
      version,
    }),
  );
}
