import { basename, dirname, join, relative } from "node:path";
import { buildoutFiles, type Connection, sh } from "@hostout/kit";

/**
 * The file that the staged buildout is built from, relative to its folder. Where `buildout` names several files, that is a file
 * of hostout's beside the first: bin/buildout takes one file.
 */
export function stagedConfig(buildout: string): string {
  const [first = "", ...others] = buildoutFiles(buildout);
  return others.length === 0 ? first : join(dirname(first), `.hostout-${basename(first)}`);
}

/** The words by which bin/buildout and bootstrap.py find it. */
export function configWords(buildout: string): readonly string[] {
  const config = stagedConfig(buildout);
  return config === "buildout.cfg" ? [] : ["-c", config];
}

/**
 * Writes that file, where `buildout` names several.
 *
 * @returns the first named file that does not exist; then nothing is written
 */
export async function writeStagedConfig(
  builder: Connection,
  staged: string,
  buildout: string,
): Promise<string | undefined> {
  const files = buildoutFiles(buildout);
  for (const file of files) if (!(await builder.test(["test", "-f", join(staged, file)]))) return file;
  if (files.length < 2) return undefined;
  const config = stagedConfig(buildout);
  const above = files.map((file) => `  ${relative(dirname(config), file)}\n`).join("");
  const text = `# Written by hostout: what the option buildout names.\n[buildout]\nextends =\n${above}`;
  await builder.run(sh`printf %s ${text} >${join(staged, config)}`, { title: `write ${config}` });
  return undefined;
}
