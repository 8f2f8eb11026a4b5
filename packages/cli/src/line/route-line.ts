import { findCommand, type Host, HostoutError, type Site, type Target } from "@hostout/kit";
import type { RequestSource } from "../journal/request-record.ts";
import { findConfig } from "../project/find-config.ts";
import { openProject, type Project } from "../project/project.ts";
import { noSiteError } from "../project/site-rule.ts";
import { globForm } from "./glob-form.ts";
import { globalFlagTable } from "./global-flag-table.ts";
import type { GlobalFlags } from "./global-flags.ts";
import { type RoutedCommand, routeCommands, routeSites, unknownFlag } from "./route.ts";
import { isSiteWord, noSiteFirst, selectSites } from "./select-sites.ts";

/** A command line that starts with sites, resolved by the configuration. */
export interface RoutedLine {
  readonly project: Project;
  /** Whether -c or HOSTOUT_CONFIG names the configuration. */
  readonly isNamed: boolean;
  readonly sites: readonly Site[];
  /** The words of the line that select the sites. */
  readonly siteWords: readonly string[];
  readonly flags: GlobalFlags;
  readonly commands: readonly RoutedCommand[];
  /** The configuration and its read settings. */
  readonly source: RequestSource;
  /** Whether to explain the commands instead of running them. */
  readonly explain: boolean;
}

/** The environment variables and the folder of a command line. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The folder where hostout was started. */
  readonly folder: string;
}

/**
 * Reads a command line, with the configuration that it names.
 *
 * @throws ConfigError, HostoutError `bad-config`, `unknown-site`, `unknown-command`, `usage`, `plugin-missing`,
 * `plugin-broken`
 */
export async function routeLine(argv: readonly string[], surroundings: Surroundings): Promise<RoutedLine> {
  const { flags } = routeSites(argv, () => false);
  if (flags.config !== undefined) return routeWith(flags.config, argv, surroundings);
  // A later -c may belong to hostout or to a command, and only the configuration knows the commands.
  const named = laterConfig(argv);
  if (named === undefined) return routeWith(undefined, argv, surroundings);
  try {
    const routed = await routeWith(undefined, argv, surroundings);
    if (routed.flags.config === undefined) return routed;
    return routeWith(routed.flags.config, argv, surroundings);
  } catch (error) {
    const routed = await routeWith(named, argv, surroundings).catch(() => undefined);
    if (routed?.flags.config === named) return routed;
    throw error;
  }
}

/** Returns the value of the first -c. */
function laterConfig(words: readonly string[]): string | undefined {
  const index = words.findIndex((word) => /^(-c|--|--config(=.*)?)$/s.test(word));
  if (index < 0 || words[index] === "--") return undefined;
  return words[index]!.startsWith("--config=") ? words[index]!.slice("--config=".length) : words[index + 1];
}

/** Routes the line. With -U, wherever it is, unreadable user defaults do not matter. */
async function routeWith(
  config: string | undefined,
  argv: readonly string[],
  surroundings: Surroundings,
): Promise<RoutedLine> {
  try {
    const routed = await routeBy(config, argv, surroundings, true);
    if (!routed.flags.noUserDefaults) return routed;
  } catch (error) {
    if (!argv.some((word) => /^(?:-[^-]*U.*|--no-user-defaults)$/.test(word))) throw error;
    const routed = await routeBy(config, argv, surroundings, false).catch(() => undefined);
    if (routed?.flags.noUserDefaults) return routed;
    throw error;
  }
  return routeBy(config, argv, surroundings, false);
}

/**
 * Routes the line. If that fails, an unreadable address in `extends` is reported first, because it may be the
 * cause.
 */
async function routeBy(
  config: string | undefined,
  argv: readonly string[],
  surroundings: Surroundings,
  userDefaults: boolean,
): Promise<RoutedLine> {
  const read: Project[] = [];
  try {
    return await routeWhole(config, argv, surroundings, userDefaults, read);
  } catch (error) {
    throw read.at(-1)?.config.dead[0] ?? error;
  }
}

async function routeWhole(
  config: string | undefined,
  argv: readonly string[],
  surroundings: Surroundings,
  userDefaults: boolean,
  read: Project[],
): Promise<RoutedLine> {
  const { environment, folder } = surroundings;
  const { assignments } = routeSites(argv, () => false);
  const { file, isNamed } = findConfig(config, environment, folder);
  const settings = { environment, folder, userDefaults, withoutDead: true };
  let project = await openProject(file, { ...settings, assignments });
  read.push(project);
  const leading = routeSites(argv, (word) => isSiteWord(project, word));
  const [word = ""] = leading.rest;
  if (leading.siteWords.length === 0)
    throw word.startsWith("-") ? unknownFlag(word) : await noSiteFirst(project, leading.rest);
  if (leading.assignments.length > assignments.length)
    project = await openProject(file, { ...settings, assignments: leading.assignments });
  const sections = selectSites(project, leading.siteWords);
  const sites = await Promise.all(sections.map(async (section) => (await project.load(section)).site));
  const noSite = project.whyNoSite(word);
  if (noSite && sites.every((site) => !findCommand(site, word))) throw noSiteError(noSite);
  const explain = word === "explain";
  const { flags: later, commands } = routeCommands(explain ? leading.rest.slice(1) : leading.rest, sites);
  const flags = { ...leading.flags, ...later };
  if (commands.length > 0 && !isNamed && !flags.help && !explain) refuseUnnamed(project);
  // Help works without the content of an address. A run does not.
  const [dead] = project.config.dead;
  if (dead && commands.length > 0 && !flags.help) throw dead;
  const narrowed = globalFlagTable.flatMap((flag) => {
    const value = "narrowing" in flag && flags[flag.setting];
    return value ? [flag.name, ...(typeof value === "string" ? [value] : [])] : [];
  });
  const source = {
    config: project.file,
    assignments: leading.assignments,
    userDefaults,
    selection: [...leading.siteWords, ...narrowed],
  };
  return { project, isNamed, sites, siteWords: leading.siteWords, commands, flags, source, explain };
}

/**
 * Refuses an unnamed configuration with `[hostout] require-config = true`: a run must name it.
 *
 * @throws HostoutError `bad-config`
 */
function refuseUnnamed({ config, file }: Project): void {
  const required = config.option("hostout", "require-config");
  if (required === undefined || !/^(true|yes|on|1)$/i.test(required.text)) return;
  throw new HostoutError({
    code: "bad-config",
    message: `the configuration is to be named: ${file} was only come upon, and says require-config`,
    hint: `Name it: hostout -c ${file} …, or set HOSTOUT_CONFIG.`,
    origin: required.origin,
  });
}

/** The selection of hosts. */
export interface HostFilter {
  /** The glob for their names. */
  readonly glob?: string | undefined;
  readonly wanted?: ((target: Target) => boolean) | undefined;
}

/**
 * Returns the selected hosts of the sites.
 *
 * @throws HostoutError `unknown-host` if none is left
 */
export function targetsOf(sites: readonly Site[], { glob, wanted: more }: HostFilter): readonly Target[] {
  const form = glob === undefined ? undefined : globForm(glob);
  const wanted = ({ name }: Host) => form === undefined || form.test(name);
  const all = sites.flatMap((site) => site.hosts.filter(wanted).map((host) => ({ site, host })));
  const targets = more ? all.filter(more) : all;
  if (targets.length > 0) return targets;
  if (all.length > 0) {
    throw new HostoutError({
      code: "unknown-host",
      message: "none of these hosts failed in the last run",
      hint: "Leave --failed out, or look at 'hostout history'.",
    });
  }
  throw new HostoutError({
    code: "unknown-host",
    message: `none of the hosts is called '${glob}'`,
    hint: `Hosts are: ${sites.flatMap(({ hosts }) => hosts.map(({ name }) => name)).join(", ")}`,
  });
}
