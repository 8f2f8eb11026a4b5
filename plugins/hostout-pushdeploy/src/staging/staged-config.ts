import { basename, dirname, join, relative, resolve } from "node:path";
import {
  buildoutFiles,
  type Config,
  type Connection,
  configurationTexts,
  readConfig,
  sh,
} from "@hostout/kit";

/** What the staged buildout is built from. */
export interface StagedConfig {
  /** What bin/buildout and bootstrap.py are given after `-c`, relative to the folder of the buildout. */
  readonly file: string;
  /** Undefined where it cannot be read: what is wrong with it, buildout itself reports. */
  readonly config?: Config | undefined;
  /** The first file of the option `buildout` that does not exist. Then nothing was written. */
  readonly missing?: string | undefined;
}

/** Below the staged folder: a copy of the configuration, where it extends what comes from an address. */
const copies = ".hostout-extends";

/**
 * The file that the staged buildout is built from, relative to its folder. Where `buildout` names several files, that is a file
 * of hostout's beside the first: bin/buildout takes one file.
 */
export function stagedConfig(buildout: string): string {
  const [first = "", ...others] = buildoutFiles(buildout);
  return others.length === 0 ? first : besideIt(first);
}

/** The words by which bin/buildout and bootstrap.py find it. */
export function configWords(file: string): readonly string[] {
  return file === "buildout.cfg" ? [] : ["-c", file];
}

/**
 * Writes that file, where `buildout` names several, and a copy of all where it extends what comes from an address.
 *
 * @param named the file to build in place of those of `buildout`, as `-c` names it
 * @throws ConfigError where an address does not give what is pinned
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
 * bin/buildout does not know pins, and fetches addresses anew: where the configuration extends any, it gets a copy in which all that was
 * fetched and checked here is a file.
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
    // It may name passwords of addresses.
    await builder.run(sh`umask 077; mkdir -p ${dirname(copy)} && cat >${copy}`, {
      input: text,
      title: `write ${copy}`,
    });
  }
  const above = besideIt(file);
  await writeAbove(builder, staged, { file: above, files: [join(dirname(file), copies, basename(file))] });
  return { file: above, config };
}

/** Faults of a ConfigError where buildout might get from an address what hostout does not take. */
const fromAddress = /^(?:hash-mismatch|download-error|decode-error)$/;

const besideIt = (file: string) => join(dirname(file), `.hostout-${basename(file)}`);

async function writeAbove(
  builder: Connection,
  staged: string,
  { file, files }: { readonly file: string; readonly files: readonly string[] },
): Promise<void> {
  const above = files.map((one) => `  ${relative(dirname(file), one)}\n`).join("");
  const text = `# Written by hostout: what the option buildout names.\n[buildout]\nextends =\n${above}`;
  await builder.run(sh`printf %s ${text} >${resolve(staged, file)}`, { title: `write ${file}` });
}
