import type { Config } from "@hostout/kit";
import { configurationTexts } from "@hostout/kit";
import { type Entry, textEntry } from "../entries/entry.ts";
import { linesIn, type OwnSecret, withoutOptions } from "./own-secrets.ts";

/**
 * Returns the files of a configuration, each with all files that it extends, as a host builds them.
 *
 * @param config the configuration that hosts build
 * @param secrets options to leave out
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
