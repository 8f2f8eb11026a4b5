import { type Host, HostoutError, requireCommand, type Site, type Target } from "@hostout/kit";
import { findConfig } from "./find-config.ts";
import { listProject, listSite } from "./listing.ts";
import { openProject, type Project } from "./project.ts";
import { type LeadingWords, routeCommands, routeSites } from "./route.ts";
import { globForm, isSiteWord, selectSites, unknownSite } from "./select-sites.ts";
import { exitCodeOfError, showError } from "./show-error.ts";
import { makeStyle } from "./style.ts";
import { topics } from "./topics.ts";

/** One command line. Resolves to the exit code; tells what went wrong on stderr. */
export async function main(argv: readonly string[]): Promise<number> {
  // A reader that has seen enough (`| head`) is no fault.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  try {
    return await dispatch(argv);
  } catch (error) {
    process.stderr.write(showError(error, makeStyle(process.stderr, process.env), process.env));
    return exitCodeOfError(error);
  }
}

async function dispatch(argv: readonly string[]): Promise<number> {
  // What names the configuration may stand before the sites, whose names only the configuration knows.
  const first = routeSites(argv, () => false);
  const [word, ...rest] = first.rest;
  if (word !== undefined && topics.has(word)) {
    const { runTopic } = await import("./run-topic.ts");
    return runTopic(word, rest, first.flags, first.assignments);
  }
  const config = first.flags.config ?? laterConfig(first.rest);
  if (word === undefined) return overview(config, first);
  const project = await openProject(findConfig(config, process.env, process.cwd()), first.assignments);
  const leading = routeSites(argv, (one) => isSiteWord(project, one));
  if (leading.siteWords.length === 0) throw unknownSite(project, word);
  if (leading.assignments.length > first.assignments.length) {
    return dispatchSites(await openProject(project.file, leading.assignments), leading);
  }
  return dispatchSites(project, leading);
}

/** -c between or after the site words: the words before it cannot be told yet, but no command can take it there. */
function laterConfig(words: readonly string[]): string | undefined {
  const index = words.findIndex(
    (word) => word === "-c" || word === "--config" || word === "--" || word.startsWith("--config="),
  );
  const word = words[index];
  if (word === undefined || word === "--" || index > 1) return undefined;
  return word.startsWith("--config=") ? word.slice("--config=".length) : words[index + 1];
}

async function overview(config: string | undefined, { flags }: LeadingWords): Promise<number> {
  const style = makeStyle(process.stdout, process.env);
  let project: Project | undefined;
  try {
    project = await openProject(findConfig(config, process.env, process.cwd()));
  } catch (error) {
    // Help is to be had without a configuration too, but not where one was named that is not there.
    if (
      !(error instanceof HostoutError) ||
      config !== undefined ||
      (!flags.help && process.env.HOSTOUT_CONFIG)
    )
      throw error;
  }
  process.stdout.write(listProject(project, style));
  return project || flags.help ? 0 : 2;
}

async function dispatchSites(project: Project, leading: LeadingWords): Promise<number> {
  const sections = selectSites(project, leading.siteWords);
  const loaded = await Promise.all(sections.map((section) => project.load(section)));
  const sites = loaded.map(({ site }) => site);
  const { flags: later, commands } = routeCommands(leading.rest, sites);
  const flags = { ...leading.flags, ...later };
  const style = makeStyle(process.stdout, process.env);
  if (commands.length === 0) {
    for (const site of sites) process.stdout.write(listSite(site, style));
    return 0;
  }
  if (flags.help) {
    const { commandHelp } = await import("./command-help.ts");
    process.stdout.write(commandHelp(sites[0]!, requireCommand(sites[0]!, commands.at(-1)!.name), style));
    return 0;
  }
  const { parseWords } = await import("./parse-words.ts");
  const requested = [];
  for (const command of commands)
    requested.push({ name: command.name, invocation: await parseWords(command, sites[0]!.name) });
  const { runRequest } = await import("./run-request.ts");
  return runRequest({ targets: targetsOf(sites, flags.hosts), commands: requested }, flags, project.file);
}

function targetsOf(sites: readonly Site[], glob: string | undefined): readonly Target[] {
  const form = glob === undefined ? undefined : globForm(glob);
  const wanted = ({ name }: Host) => form === undefined || form.test(name);
  const targets = sites.flatMap((site) => site.hosts.filter(wanted).map((host) => ({ site, host })));
  if (targets.length > 0) return targets;
  throw new HostoutError({
    code: "unknown-site",
    message: `none of the hosts is called '${glob}'`,
    hint: `Hosts are: ${sites.flatMap(({ hosts }) => hosts.map(({ name }) => name)).join(", ")}`,
  });
}
