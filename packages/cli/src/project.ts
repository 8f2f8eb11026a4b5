import { type Config, ConfigError, readConfig, type Section, type Value } from "@hostout/config";
import { HostoutError, type Origin, type Plugin, parseHosts, type Site } from "@hostout/kit";
import { findOptions } from "./find-options.ts";
import { type LoadedPlugin, makePluginLoader } from "./load-plugin.ts";
import { reservedNames, topics } from "./topics.ts";

/** A section that says where something is deployed, before its plugins are loaded. */
export interface SiteSection {
  readonly name: string;
  readonly origin: Origin;
  readonly values: ReadonlyMap<string, Value>;
}

/** What a configuration file says: its sites and groups. */
export interface Project {
  readonly file: string;
  readonly config: Config;
  readonly sites: ReadonlyMap<string, SiteSection>;
  /** Names and globs, by the name of the group. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  /** What `all` means: the sites that [buildout] parts names, else every site. */
  readonly all: readonly string[];
  /** Sites that do not resolve: told of when they are selected. Other sections that do not are none of our business. */
  readonly broken: ReadonlyMap<string, ConfigError>;
  /** Loads a site's plugins. @throws HostoutError `plugin-missing`, `plugin-broken` */
  readonly load: (
    site: SiteSection,
  ) => Promise<{ readonly site: Site; readonly plugins: readonly LoadedPlugin[] }>;
}

/** Reads a project. @throws ConfigError, HostoutError */
export async function openProject(file: string, assignments: readonly string[] = []): Promise<Project> {
  const config = await readConfig(file, { assignments });
  const sites = new Map<string, SiteSection>();
  const groups = new Map<string, readonly string[]>();
  const broken = new Map<string, ConfigError>();
  for (const name of config.sectionNames) {
    if (name === "buildout" || name === "versions") continue;
    try {
      const section = withSections(config, config.section(name), []);
      const members = section.options.get("sites");
      if (section.options.has("host")) sites.set(name, asSite(section));
      else if (members) groups.set(name, members.text.split(/\s+/).filter(Boolean));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      broken.set(name, error);
    }
  }
  for (const name of await notSites(file, assignments, [...broken.keys()])) broken.delete(name);
  const parts = (await findOptions(file, assignments, "parts", ["buildout"])).get("buildout");
  const loadPlugin = makePluginLoader(config.file);
  return {
    file: config.file,
    config,
    sites,
    groups,
    broken,
    all: allSites(typeof parts === "string" ? parts : "", [...sites.keys(), ...broken.keys()]),
    load: async (section) => {
      const plugins: LoadedPlugin[] = [];
      for (const { word, origin } of pluginWords(config, section)) {
        const loaded = await loadPlugin(word, section.name, origin);
        if (!plugins.includes(loaded)) plugins.push(loaded);
      }
      return {
        site: makeSite(
          config,
          section,
          plugins.map(({ plugin }) => plugin),
        ),
        plugins,
      };
    },
  };
}

/** Of sections that do not resolve, those that set neither a host nor what they would take one from. */
async function notSites(
  file: string,
  assignments: readonly string[],
  names: readonly string[],
): Promise<readonly string[]> {
  const host = await findOptions(file, assignments, "host", names);
  const above = await findOptions(file, assignments, "extends", names);
  return names.filter((name) => host.get(name) === undefined && above.get(name) === undefined);
}

function asSite({ name, origin, options }: Section): SiteSection {
  if (topics.has(name) || reservedNames.has(name)) {
    throw new HostoutError({
      code: "bad-config",
      message: `a site cannot be called '${name}': that is a command of hostout itself`,
      hint: "Give the section another name.",
      origin,
    });
  }
  return { name, origin, values: options };
}

/** `extends = NAME` of a site, where NAME is a section of the file, takes that section's options; its own win. */
function withSections(config: Config, section: Section, above: readonly string[]): Section {
  const bases = words(section.options.get("extends")).filter((word) => config.sectionNames.includes(word));
  if (bases.length === 0) return section;
  const options = new Map<string, Value>();
  for (const base of bases) {
    if (above.includes(base) || base === section.name) continue;
    for (const [key, value] of withSections(config, config.section(base), [...above, section.name]).options)
      options.set(key, value);
  }
  const inherited = options.get("extends");
  for (const [key, value] of section.options) options.set(key, value);
  const own = section.options.get("extends");
  if (own && inherited) options.set("extends", { ...own, text: `${inherited.text}\n${own.text}` });
  return { ...section, options };
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

function makeSite(config: Config, section: SiteSection, plugins: readonly Plugin[]): Site {
  const { name, origin, values } = section;
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

function words(value: Value | undefined): readonly string[] {
  return (value?.text ?? "").split(/\s+/).filter(Boolean);
}
