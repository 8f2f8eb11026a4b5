import { resolve } from "node:path";
import {
  type Config,
  ConfigError,
  commandLine,
  didYouMean,
  type ReadSettings,
  readConfig,
  textOf,
  type Value,
} from "@hostout/config";
import {
  buildoutFolder,
  HostoutError,
  isHostoutError,
  type Origin,
  type Plugin,
  parseHosts,
  type Site,
} from "@hostout/kit";
import { type LoadedPlugin, makePluginLoader } from "../plugins/load-plugin.ts";
import { loadTaskFile } from "../plugins/load-task-file.ts";
import { insteadOfPlugin } from "../plugins/old-plugins.ts";
import { refuseChanceOverrides, refuseClashes } from "../plugins/refuse-clashes.ts";
import { sectionPlugin } from "../plugins/section-plugin.ts";
import { reservedNames, topics } from "../topics.ts";
import { folderOf, makeExtender, words } from "./extend-section.ts";
import { releaseLines } from "./host-lines.ts";
import { makeSiteRule, type NoSite, type SiteRule } from "./site-rule.ts";
import type { SiteSection } from "./site-section.ts";

/** The sites and groups of a configuration file. */
export interface Project {
  readonly file: string;
  readonly config: Config;
  readonly sites: ReadonlyMap<string, SiteSection>;
  /** The members of each group: names and globs. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  /** The sites of `all`: those in [buildout] parts, else every site. */
  readonly all: readonly string[];
  /** The sites that do not resolve. Selecting one throws its error. */
  readonly broken: ReadonlyMap<string, ConfigError>;
  /** The sections that look like sites but name no host. */
  readonly hostless: readonly string[];
  /** Returns why a section is not a site, and how to make it one. Undefined for a site, a group, or no section. */
  readonly whyNoSite: (section: string) => NoSite | undefined;
  /**
   * Loads the plugins of a site.
   *
   * @throws HostoutError `plugin-missing`, `plugin-broken`
   */
  readonly load: (
    site: SiteSection,
  ) => Promise<{ readonly site: Site; readonly plugins: readonly LoadedPlugin[] }>;
}

/**
 * Reads a project.
 *
 * @throws ConfigError, HostoutError
 */
export async function openProject(file: string, settings: ReadSettings = {}): Promise<Project> {
  const config = await readConfig(file, settings);
  const { assignments = [], userDefaults = true, folder = process.cwd() } = settings;
  const readSettings = { assignments, userDefaults, folder };
  const sites = new Map<string, SiteSection>();
  const groups = new Map<string, readonly string[]>();
  const broken = new Map<string, ConfigError>();
  const extend = makeExtender(config);
  const rule = makeSiteRule(config);
  for (const name of config.sectionNames.filter((one) => rule.isSite(one) || rule.isGroup(one))) {
    refuseName(config, name, rule);
    try {
      const { origin, options, sources } = extend(config.section(name));
      if (rule.isSite(name)) sites.set(name, { name, origin, values: options, sources });
      else groups.set(name, words(options.get("sites")));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      if (rule.isSite(name)) broken.set(name, error);
    }
  }
  const loadPlugin = makePluginLoader(config.file);
  const there = { ...config, ...config.inFolder(folderMark) };
  const extendThere = makeExtender(there);
  const loadOther = async (name: string): Promise<Site> => {
    const section = sites.get(name);
    if (section) return (await project.load(section)).site;
    const error = broken.get(name);
    if (error) throw error;
    const hint = didYouMean(name, [...sites.keys()]);
    throw new HostoutError({ code: "unknown-site", message: `there is no site '${name}'`, hint });
  };
  const project: Project = {
    file: config.file,
    config,
    sites,
    groups,
    broken,
    hostless: rule.hostless,
    whyNoSite: rule.whyNot,
    all: allSites(textOf(config, "buildout", "parts"), [...sites.keys(), ...broken.keys()]),
    load: async (section) => {
      refuseComments(section);
      const plugins: LoadedPlugin[] = [];
      for (const { word, origin } of pluginWords(config, section)) {
        const loaded = await loadPlugin(word, section.name, origin).catch(orWithout(word));
        if (loaded && !plugins.includes(loaded)) plugins.push(loaded);
      }
      for (const { file, origin } of taskFiles(config, section))
        plugins.push(await loadTaskFile(file, section.name, origin));
      refuseClashes(section, plugins);
      refuseChanceOverrides(section, plugins);
      const all = plugins.map(({ plugin }) => plugin);
      const own = sectionPlugin(section, all);
      const site = makeSite(
        config,
        section,
        own ? [...all, own] : all,
        extendThere(there.section(section.name)).options,
      );
      return { site: { ...site, readSettings, loadOther }, plugins };
    },
  };
  return project;
}

/**
 * Refuses a site name that cannot work. A name that no file contains is a typing error. The command line could
 * not select a name of hostout's own commands.
 */
function refuseName(config: Config, name: string, rule: SiteRule): void {
  if (config.origin(name)?.file === commandLine) {
    const others = config.sectionNames.filter((one) => config.origin(one)?.file !== commandLine);
    throw new HostoutError({
      code: "usage",
      message: `the command line sets options of [${name}], and ${config.file} has no such section`,
      hint: didYouMean(name, others) ?? `Write the section into ${config.file}.`,
    });
  }
  if (!topics.has(name) && !reservedNames.has(name)) return;
  throw new HostoutError({
    code: "bad-config",
    message: `a ${rule.isSite(name) ? "site" : "group"} cannot be called '${name}': hostout has a command of that name`,
    hint: "Give the section another name.",
    origin: config.origin(name),
  });
}

function pluginWords(
  config: Config,
  { origin, values }: SiteSection,
): readonly { readonly word: string; readonly origin: Origin }[] {
  const named = ["extends", "plugins"].flatMap((option) => {
    const value = values.get(option);
    return words(value)
      .filter((word) => option === "plugins" || !config.sectionNames.includes(word))
      .map((word) => ({ word, origin: value?.origin ?? origin }));
  });
  return [{ word: "hostout-core", origin }, ...named];
}

/** Refuses comments behind values that are read before the check of the site's options. */
function refuseComments({ name, values }: SiteSection): void {
  for (const option of ["host", "user", "extends", "plugins", "tasks", "fabfiles"]) {
    const { text, origin } = values.get(option) ?? {};
    if (text === undefined || !/(?:^|\s)#/.test(text)) continue;
    throw new HostoutError({
      code: "bad-option",
      message: `[${name}] ${option}: the comment after # belongs to the value`,
      hint: "Write the comment on a line of its own, with # in the first column.",
      origin,
    });
  }
}

/** The options with command lines for hosts. In them, `${buildout:directory}` is the folder on the host. */
const onHosts = [...releaseLines, "verify"];

/** A mark for the folder of the buildout during the replacement of references. No file can contain it. */
const folderMark = "\0buildout";

/** Skips a plugin of collective.hostout that is not installed here. A warning names its replacement. */
function orWithout(word: string) {
  return (error: unknown): undefined => {
    const isMissing = isHostoutError(error) && error.code === "plugin-missing";
    if (!isMissing || insteadOfPlugin(word) === undefined) throw error;
  };
}

/** Returns the task files of a site, relative to the file that names them. */
function taskFiles(config: Config, { values }: SiteSection) {
  return ["fabfiles", "tasks"].flatMap((name) => {
    const value = values.get(name);
    return words(value).map((word) => ({
      file: resolve(folderOf(value!, config), word),
      origin: value!.origin,
    }));
  });
}

function makeSite(
  config: Config,
  section: SiteSection,
  plugins: readonly Plugin[],
  there: ReadonlyMap<string, Value>,
): Site {
  const { name, origin } = section;
  const values = new Map(section.values);
  for (const key of onHosts) {
    const text = there.get(key)?.text;
    const value = values.get(key);
    if (value && text?.includes(folderMark))
      values.set(key, { ...value, text: text.replaceAll(folderMark, buildoutFolder) });
  }
  const host = values.get("host");
  const hosts = parseHosts(host?.text ?? "", values.get("user")?.text || undefined, host?.origin);
  if (hosts.length === 0) {
    throw new HostoutError({
      code: "bad-option",
      message: `[${name}] names no host`,
      hint: "Name one at least: host = web1.example.com",
      origin: host?.origin ?? origin,
    });
  }
  return { name, origin, values, hosts, plugins, config: config.file };
}

function allSites(parts: string, sites: readonly string[]): readonly string[] {
  const named = parts.split(/\s+/).filter((word) => sites.includes(word));
  return named.length > 0 ? named : sites;
}
