import { basename, dirname, join, relative, resolve } from "node:path";
import {
  buildoutFiles,
  type Config,
  type Connection,
  configurationTexts,
  readConfig,
  sh,
} from "@hostout/kit";

/** The configuration that the staged buildout is built from. */
export interface StagedConfig {
  /** The file for `-c` of bin/buildout and bootstrap.py, relative to the folder of the buildout. */
  readonly file: string;
  /** The configuration; undefined if it cannot be read. buildout itself reports the error. */
  readonly config?: Config | undefined;
  /** The first file of the option `buildout` that does not exist. If there is one, nothing was written. */
  readonly missing?: string | undefined;
}

/** The folder below the staging folder for a copy of the configuration, if the configuration extends an address. */
const copies = ".hostout-extends";

/**
 * Returns the file that the staged buildout is built from, relative to its folder. If `buildout` names several
 * files, hostout writes one beside the first: bin/buildout takes a single file.
 */
export function stagedConfig(buildout: string): string {
  const [first = "", ...others] = buildoutFiles(buildout);
  return others.length === 0 ? first : besideIt(first);
}

/** Returns the words by which bin/buildout and bootstrap.py find the file. */
export function configWords(file: string): readonly string[] {
  return file === "buildout.cfg" ? [] : ["-c", file];
}

/**
 * Writes that file if `buildout` names several files. Writes a copy of the configuration if it extends an
 * address.
 *
 * @param named the file to build instead of the files of `buildout`, as in `-c`
 * @throws ConfigError if an address does not have the pinned content
 */
export async function stageConfig(
  builder: Connection,
  staged: string,
  buildout: string,
  named?: string,
): Promise<StagedConfig> {
  if (named !== undefined) return withDownloads(builder, staged, named);
  const files = buildoutFiles(buildout);
  const file = stagedConfig(buildout);
  for (const one of files)
    if (!(await builder.test(["test", "-f", join(staged, one)]))) return { file, missing: one };
  if (files.length > 1) await writeAbove(builder, staged, { file, files });
  return withDownloads(builder, staged, file);
}

/**
 * Writes a copy of the configuration with a downloaded and checked file in place of each address, if it extends
 * any. Otherwise bin/buildout would download the addresses again and ignore the pins.
 */
async function withDownloads(builder: Connection, staged: string, file: string): Promise<StagedConfig> {
  const path = resolve(staged, file);
  const config = await readConfig(path).catch((error: { readonly kind?: string }) => {
    if (fromAddress.test(error.kind ?? "")) throw error;
    return undefined;
  });
  if (config === undefined || config.downloads.size === 0) return { file, config };
  const texts = await configurationTexts(dirname(path), config, { roots: [path] });
  const folder = join(dirname(path), copies);
  await builder.run(["rm", "-rf", folder]);
  for (const { path: place, text } of texts) {
    const copy = join(folder, place);
    // The copy may contain passwords of addresses.
    await builder.run(sh`umask 077; mkdir -p ${dirname(copy)} && cat >${copy}`, {
      input: text,
      title: `write ${copy}`,
    });
  }
  const above = besideIt(file);
  await writeAbove(builder, staged, { file: above, files: [join(dirname(file), copies, basename(file))] });
  return { file: above, config };
}

/** The kinds of a ConfigError after which buildout might download content that hostout refuses. */
const fromAddress = /^(?:hash-mismatch|download-error|decode-error)$/;

const besideIt = (file: string) => join(dirname(file), `.hostout-${basename(file)}`);

async function writeAbove(
  builder: Connection,
  staged: string,
  { file, files }: { readonly file: string; readonly files: readonly string[] },
): Promise<void> {
  const above = files.map((one) => `  ${relative(dirname(file), one)}\n`).join("");
  const text = `# Written by hostout, from the option buildout.\n[buildout]\nextends =\n${above}`;
  await builder.run(sh`printf %s ${text} >${resolve(staged, file)}`, { title: `write ${file}` });
}
