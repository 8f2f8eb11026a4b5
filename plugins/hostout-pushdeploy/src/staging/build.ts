import { basename, join } from "node:path";
import {
  buildoutFiles,
  type Config,
  type Connection,
  HostoutError,
  type Outcome,
  partsWithoutSites,
  sh,
} from "@hostout/kit";
import { buildoutMain, scriptMain } from "@hostout/releases";
import type { OnStaging } from "../options.ts";
import { configWords, type StagedConfig, stageConfig, stagedConfig } from "./staged-config.ts";
import { chownStaged, isPretended, pretend, stagingPath, unbuiltMark } from "./staging.ts";
import { onStaging } from "./staging-lock.ts";

/**
 * Creates `bin/buildout` of the staged buildout, by its `bootstrap.py` if it has one, else by zc.buildout's own
 * bootstrap.
 */
export async function bootstrap(context: OnStaging<{ readonly force: boolean }>): Promise<Outcome> {
  const staged = await stagingPath(context);
  return onStaging(context, staged, async () => {
    const { args, options, note, detail } = context;
    const builder = context.local.as("buildout");
    if (isPretended(context, "checkout")) {
      pretend(context, "bin/buildout");
      note("would run the bootstrap of what is checked out");
      return { status: "ok" };
    }
    await requireStaged(context, builder, staged);
    const { missing, file } = await stageConfig(builder, staged, options.buildout);
    if (missing !== undefined) return { status: "skipped", note: `there is no ${missing}` };
    const python = await pythonFor(context, builder, staged);
    if (!args.force && (await isBootstrapped(builder, staged, python))) return { status: "unchanged" };
    detail(`bootstrap: with ${python}`);
    const { script, title } = await bootstrapWords(builder, staged, file);
    await builder.run([python, "-c", ...script], { cwd: staged, title });
    pretend(context, "bin/buildout");
    return { status: "ok", note: `with ${python}` };
  });
}

/**
 * Returns the Python to bootstrap with: `bootstrap-python`, else `executable`, else the buildout's own Python,
 * else the first in PATH.
 */
async function pythonFor({ options }: OnStaging, builder: Connection, staged: string): Promise<string> {
  const named = options.bootstrapPython ?? options.executable;
  if (named !== undefined) return named;
  const own = join(staged, "bin", "python");
  if (await builder.test(["test", "-x", own])) return own;
  return builder.capture(sh`command -v python3 || command -v python || echo python3`, {
    quiet: true,
    title: "look for python3",
  });
}

/** Returns the words for Python after `-c`, and the name of the bootstrap for failures. */
async function bootstrapWords(
  builder: Connection,
  staged: string,
  file: string,
): Promise<{ readonly script: readonly string[]; readonly title: string }> {
  const config = configWords(file);
  if (!(await builder.test(["test", "-f", join(staged, "bootstrap.py")])))
    return { script: [buildoutMain, ...config, "bootstrap"], title: "zc.buildout bootstrap" };
  // Without this option an old bootstrap.py uses setuptools; a new one does not know the option. The original
  // tries both.
  const knowsDistribute = await builder.test([
    "grep",
    "-q",
    "--",
    "--distribute",
    join(staged, "bootstrap.py"),
  ]);
  const words = ["bootstrap.py", ...(knowsDistribute ? ["--distribute"] : []), ...config];
  return { script: [scriptMain, ...words], title: words.join(" ") };
}

/**
 * Checks whether bin/buildout exists and runs in the environment of that Python. Two virtual environments of
 * one interpreter are different.
 */
async function isBootstrapped(builder: Connection, staged: string, python: string): Promise<boolean> {
  if (!(await builder.test(["test", "-x", join(staged, "bin", "buildout")]))) return false;
  const ran = await interpreterOf(builder, staged);
  const say = "import sys; print(sys.prefix); print(sys.version)";
  return (
    ran !== undefined &&
    builder.test(sh`a=$(${[...ran, "-c", say]}) && b=$(${[python, "-c", say]}) && [ "$a" = "$b" ]`)
  );
}

/** Returns the words of bin/buildout's first line, if it names a Python. */
async function interpreterOf(builder: Connection, staged: string): Promise<readonly string[] | undefined> {
  const script = join(staged, "bin", "buildout");
  const line = await builder.capture(sh`head -n 1 ${script}`, { quiet: true });
  const words = /^#!\s*(\/.*)$/.exec(line)?.[1]?.trim().split(/\s+/);
  return words?.some((word) => /^(?:python|pypy)[^/]*$/.test(basename(word))) ? words : undefined;
}

/** Runs the staged buildout on this machine. Contacts no host. */
export async function buildout(context: OnStaging): Promise<Outcome> {
  const staged = await stagingPath(context);
  return onStaging(context, staged, async () => {
    const { local, options, rest } = context;
    const builder = local.as("buildout");
    if (!isPretended(context, "checkout")) await requireStaged(context, builder, staged);
    const data = join(staged, "var");
    const hasData = await local.test(["test", "-d", data]);
    const isThere = await builder.test(["test", "-x", join(staged, "bin", "buildout")]);
    const option = rest.lastIndexOf("-c");
    const named = option < 0 ? undefined : rest[option + 1];
    const from: StagedConfig = isPretended(context, "checkout")
      ? { file: named ?? stagedConfig(options.buildout) }
      : await stageConfig(builder, staged, options.buildout, named);
    const { missing } = from;
    if (!isThere && !isPretended(context, "bin/buildout")) return nothingToBuild(staged, missing);
    // For a single file, bin/buildout reports the missing file itself, or works without it.
    if (missing !== undefined && buildoutFiles(options.buildout).length > 1)
      throw noConfig(context, staged, missing);
    // The build may write below var, which belongs to the owner of the site.
    if (hasData) await chownStaged(context, data, builder.user);
    const mark = unbuiltMark(staged);
    const wasUnbuilt = await builder.test(["test", "-e", mark]);
    const words = [...withoutSites(context, from.config), ...buildoutArguments(configWords(from.file), rest)];
    try {
      await builder.run(["touch", mark]);
      await runBuildout(builder, staged, words);
      // A build of some parts does not repair a failed build of all parts.
      if (!wasUnbuilt || !words.includes("install")) await builder.run(["rm", "-f", mark]);
    } finally {
      if (await local.test(["test", "-d", data])) await chownStaged(context, data);
    }
    return { status: "ok" };
  });
}

/** Runs bin/buildout by its first line, in a Python that has the names an old zc.buildout needs. */
async function runBuildout(builder: Connection, staged: string, words: readonly string[]): Promise<void> {
  const interpreter = builder.dryRun ? undefined : await interpreterOf(builder, staged);
  const script = ["bin/buildout", ...words];
  const command = interpreter === undefined ? script : [...interpreter, "-c", scriptMain, ...script];
  await builder.run(command, { cwd: staged, title: script.join(" ") });
}

/** Sets the parts to build if the configuration lists sites among them, because no recipe builds a site. */
function withoutSites({ note, rest }: OnStaging, config: Config | undefined): readonly string[] {
  if (config === undefined || rest.some((word) => /^buildout:parts\s*[-+]?=/.test(word))) return [];
  const { parts, hasSites } = partsWithoutSites(config);
  if (!hasSites) return [];
  note(`buildout: builds the parts ${parts.join(" ")}; sites are no parts`);
  return [`buildout:parts=${parts.join(" ")}`];
}

function nothingToBuild(staged: string, missing: string | undefined): Outcome {
  if (missing !== undefined) return { status: "skipped", note: `there is no ${missing}` };
  throw new HostoutError({
    code: "failed",
    message: `${staged} has no bin/buildout`,
    hint: "Run the command bootstrap first.",
  });
}

function noConfig({ site }: OnStaging, staged: string, missing: string): HostoutError {
  return new HostoutError({
    code: "bad-option",
    message: `buildout = ${missing} does not exist in ${staged}`,
    hint: "Name the files that are built, relative to the staging folder.",
    origin: site.values.get("buildout")?.origin,
  });
}

/** Returns the options for bin/buildout as typed. Bare words name parts to install, as in the original. */
function buildoutArguments(config: readonly string[], words: readonly string[]): readonly string[] {
  const settings = [...config];
  const parts: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    // -c and -t take a value; `section:option=value` is an assignment. `config` already has the file of -c.
    if (word === "-c") index++;
    else if (word === "-t") settings.push(word, words[++index] ?? "");
    else if (word.startsWith("-") || /^[^\s=]*[:=]/.test(word)) settings.push(word);
    else parts.push(word);
  }
  return parts.length === 0 ? settings : [...settings, "install", ...parts];
}

async function requireStaged(context: OnStaging, builder: Connection, staged: string): Promise<void> {
  if (await builder.test(["test", "-d", staged])) return;
  throw new HostoutError({
    code: "failed",
    message: `there is no ${staged} on this machine`,
    hint: `Check the site out first: hostout ${context.site.name} checkout REPOSITORY`,
    origin: context.site.values.get("path")?.origin ?? context.site.origin,
  });
}
