import { join } from "node:path";
import { type Connection, HostoutError, type Outcome, sh } from "@hostout/kit";
import type { OnStaging } from "./options.ts";
import { chownStaged, stagingPath, unbuiltMark } from "./staging.ts";

/** Makes `bin/buildout` of the staged buildout. With a `bootstrap.py` there that is run, else zc.buildout's own bootstrap. */
export async function bootstrap(context: OnStaging<{ readonly force: boolean }>): Promise<Outcome> {
  const staged = await stagingPath(context);
  return context.exclusive(staged, async () => {
    const { args, options, note } = context;
    const builder = context.local.as("buildout");
    await requireStaged(context, builder, staged);
    if (!(await builder.test(["test", "-f", join(staged, options.buildout)]))) {
      return { status: "skipped", note: `there is no ${options.buildout}` };
    }
    const python = await pythonFor(context, builder, staged);
    if (!args.force && (await isBootstrapped(builder, staged, python))) return { status: "unchanged" };
    note(`bootstrap: with ${python}`);
    await builder.run([python, ...(await bootstrapArguments(context, builder, staged))], { cwd: staged });
    return { status: "ok", note: `with ${python}` };
  });
}

/** bootstrap-python, else executable, else the python of the buildout itself, else the first one of PATH. */
async function pythonFor({ options }: OnStaging, builder: Connection, staged: string): Promise<string> {
  const named = options.bootstrapPython ?? options.executable;
  if (named !== undefined) return named;
  const own = join(staged, "bin", "python");
  if (await builder.test(["test", "-x", own])) return own;
  return builder.capture(sh`command -v python3 || command -v python || echo python3`, { quiet: true });
}

async function bootstrapArguments(
  { options }: OnStaging,
  builder: Connection,
  staged: string,
): Promise<readonly string[]> {
  const config = options.buildout === "buildout.cfg" ? [] : ["-c", options.buildout];
  if (!(await builder.test(["test", "-f", join(staged, "bootstrap.py")]))) {
    return ["-c", "from zc.buildout.buildout import main; main()", ...config, "bootstrap"];
  }
  // Old ones use setuptools without it, new ones do not know it: the original tries both.
  const knowsDistribute = await builder.test([
    "grep",
    "-q",
    "--",
    "--distribute",
    join(staged, "bootstrap.py"),
  ]);
  return ["bootstrap.py", ...(knowsDistribute ? ["--distribute"] : []), ...config];
}

/** Whether bin/buildout is there and runs with that python. */
async function isBootstrapped(builder: Connection, staged: string, python: string): Promise<boolean> {
  const script = join(staged, "bin", "buildout");
  if (!(await builder.test(["test", "-x", script]))) return false;
  return builder.test(
    sh`IFS= read -r line <${script} && line=$(printf %s "$line" | sed 's/^#! *//; s/ .*//') && [ "$(readlink -f "$line")" = "$(readlink -f "$(command -v ${python})")" ]`,
  );
}

/** Runs the staged buildout on this machine; no host is spoken to. */
export async function buildout(context: OnStaging): Promise<Outcome> {
  const staged = await stagingPath(context);
  return context.exclusive(staged, async () => {
    const { local, options, rest } = context;
    const builder = local.as("buildout");
    await requireStaged(context, builder, staged);
    const data = join(staged, "var");
    const hasData = await local.test(["test", "-d", data]);
    if (!(await builder.test(["test", "-x", join(staged, "bin", "buildout")])))
      return nothingToBuild(context, builder, staged);
    // The build may write below var, which belongs to the account that runs the site.
    if (hasData) await chownStaged(context, data, builder.user);
    const mark = unbuiltMark(staged);
    const wasUnbuilt = await builder.test(["test", "-e", mark]);
    const words = buildoutArguments(options.buildout, rest);
    try {
      await builder.run(["touch", mark]);
      await builder.run(["bin/buildout", ...words], { cwd: staged });
      // Some parts do not mend a build of all.
      if (!wasUnbuilt || !words.includes("install")) await builder.run(["rm", "-f", mark]);
    } finally {
      if (await local.test(["test", "-d", data])) await chownStaged(context, data);
    }
    return { status: "ok" };
  });
}

async function nothingToBuild({ options }: OnStaging, builder: Connection, staged: string): Promise<Outcome> {
  if (!(await builder.test(["test", "-f", join(staged, options.buildout)]))) {
    return { status: "skipped", note: `there is no ${options.buildout}` };
  }
  throw new HostoutError({
    code: "failed",
    message: `${staged} has no bin/buildout`,
    hint: "Run the command bootstrap first.",
  });
}

/** Options of bin/buildout as they were given; bare words are parts to install, as in the original. */
export function buildoutArguments(config: string, words: readonly string[]): readonly string[] {
  const settings: string[] = config === "buildout.cfg" ? [] : ["-c", config];
  const parts: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    // -c and -t have a value; `section:option=value` is an assignment
    if (/^-[ct]$/.test(word)) settings.push(word, words[++index] ?? "");
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
