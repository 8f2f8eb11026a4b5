import type { Config } from "@hostout/kit";
import { configurationTexts } from "@hostout/kit";
import { type Entry, textEntry } from "../entries/entry.ts";
import { linesIn, type OwnSecret, withoutOptions } from "./own-secrets.ts";

/**
 * The files of a configuration, each with all that it extends, as a host builds them.
 *
 * @param config what hosts build
 * @param secrets options that are left out of them
 */
export async function configurationEntries(
  project: string,
  config: Pick<Config, "files" | "downloads">,
  secrets: readonly OwnSecret[],
): Promise<readonly Entry[]> {
  const edit = (text: string, file: string) => withoutOptions(text, linesIn(file, secrets));
  const texts = await configurationTexts(project, config, { edit });
  return texts.map(({ path, text }) => textEntry(path, text));
}
