import { type Config, ConfigError, didYouMean, type Value } from "@hostout/config";
import { iniName, type OptionDeclarations, type Plugin, type Site, siteOptions } from "@hostout/kit";
import { bundledPlugins } from "../plugins/bundled-plugins.ts";
import { makePluginLoader } from "../plugins/load-plugin.ts";
import { releaseLines } from "../project/host-lines.ts";
import type { Project } from "../project/project.ts";
import { heirsOf } from "../project/site-facts.ts";
import type { Finding } from "./lint.ts";

/** The options that `[hostout]` has if it is not a site. */
export const hostoutOptions: readonly string[] = ["require-config"];

/** The options of hostout-core that the deploy of hostout-pushdeploy does not read. */
const notPushed: readonly string[] = [...releaseLines, "sudo-parts", "buildout-cache"];

/** Finds options of sites without effect: they belong to a plugin that the site does not have. */
export async function idleSiteOptions(
  config: Config,
  sites: readonly Site[],
  others: readonly Plugin[] = [],
): Promise<readonly Finding[]> {
  const unreferred = makeUnreferred(config);
  const findings: Finding[] = [];
  let plugins: readonly Plugin[] | undefined;
  for (const site of sites) {
    const own = new Set([siteOptions, ...site.plugins.map(({ options }) => options)].flatMap(optionNames));
    const unknown = new Map([...site.values].filter(([key]) => !own.has(key)));
    const unread = unknown.size === 0 ? [] : unreferred(site.name, unknown);
    if (unread.length > 0) plugins ??= [...(await bundled(site)), ...others];
    findings.push(...ofOtherPlugins(site, unread, plugins ?? []), ...notPushedBy(site));
  }
  return findings;
}

/** Returns a finding for each option that another plugin would read. Names the first such plugin. */
function ofOtherPlugins(
  site: Site,
  unread: readonly (readonly [string, Value])[],
  plugins: readonly Plugin[],
): readonly Finding[] {
  const others = plugins.filter(({ name }) => !site.plugins.some((own) => own.name === name));
  return unread.flatMap(([key, { origin }]): readonly Finding[] => {
    const plugin = others.find(({ options }) => optionNames(options).includes(key));
    if (!plugin) return [];
    return [
      {
        severity: "warning",
        message: `[${site.name}] '${key}' has no effect: its plugin ${plugin.name} is not one of the site's plugins`,
        origin,
        hint: `Add the plugin: plugins = ${plugin.name}. Or take the option out.`,
      },
    ];
  });
}

function notPushedBy({ name, plugins, values }: Site): readonly Finding[] {
  if (!plugins.some((plugin) => plugin.name === "hostout-pushdeploy")) return [];
  return [...values].flatMap(([key, { origin }]): readonly Finding[] =>
    notPushed.includes(key)
      ? [
          {
            severity: "warning",
            message: `[${name}] '${key}' has no effect: the deploy of hostout-pushdeploy is push and restart`,
            origin,
            hint: `Write what restarts the site: restart = supervisorctl restart ${name}:*`,
          },
        ]
      : [],
  );
}

/** Finds options of sites in a group, whose sites do not read them. */
export function idleGroupOptions(
  { config, groups }: Project,
  plugins: readonly Plugin[],
  names: Iterable<string> = groups.keys(),
): readonly Finding[] {
  const known = new Set([siteOptions, ...plugins.map(({ options }) => options)].flatMap(optionNames));
  const bases = basesOf(config);
  const unreferred = makeUnreferred(config);
  const isIdle = (group: string) => config.raw(group).has("sites") && !bases.has(group);
  return [...names].filter(isIdle).flatMap((group) =>
    unreferred(group, valuesOf(config, group))
      .filter(([key]) => known.has(key))
      .map(
        ([key, { origin }]): Finding => ({
          severity: "warning",
          message: `[${group}] '${key}' has no effect: a group sets no options of its sites`,
          origin,
          hint: `Move it to the sites (${groups.get(group)?.join(", ")}), or to a section that they take with <=.`,
        }),
      ),
  );
}

/** Finds options of `[hostout]` that nothing reads, if that section is neither a site nor a base. */
export function idleHostoutOptions({ config, sites, groups }: Project): readonly Finding[] {
  const name = "hostout";
  if (!config.sectionNames.includes(name) || sites.has(name) || groups.has(name)) return [];
  if (config.raw(name).has("recipe") || basesOf(config).has(name)) return [];
  return makeUnreferred(config)(name, valuesOf(config, name))
    .filter(([key]) => !hostoutOptions.includes(key))
    .map(
      ([key, { origin }]): Finding => ({
        severity: "warning",
        message: `[hostout] nothing reads '${key}'`,
        origin,
        hint: key === "groups" ? "Write each group as a section: [NAME] with sites = …" : hostoutHint(key),
      }),
    );
}

function hostoutHint(key: string): string {
  return didYouMean(key, hostoutOptions) ?? `[hostout] has: ${hostoutOptions.join(", ")}`;
}

/** Loads the plugins that come with hostout. */
async function bundled({ config, name, origin }: Site): Promise<readonly Plugin[]> {
  const load = makePluginLoader(config);
  return Promise.all([...bundledPlugins.keys()].map(async (word) => (await load(word, name, origin)).plugin));
}

function optionNames(options: OptionDeclarations): readonly string[] {
  return Object.entries(options).flatMap(([name, { aliases }]) => [iniName(name), ...aliases]);
}

/** Returns the sections that others take options from. */
function basesOf(config: Config): ReadonlySet<string> {
  return new Set(heirsOf(config).keys());
}

/**
 * Returns a function that selects the options of a section that no other option refers to. The function reads
 * the references of the whole configuration once, at its first call.
 */
function makeUnreferred(config: Config) {
  let referred: ReadonlySet<string> | undefined;
  return (section: string, values: ReadonlyMap<string, Value>): readonly (readonly [string, Value])[] => {
    referred ??= referredIn(config);
    return [...values].filter(([key]) => !referred?.has(`${section}:${key}`));
  };
}

/** Returns every option that another option refers to, as `SECTION:OPTION`. */
function referredIn(config: Config): ReadonlySet<string> {
  return new Set(
    config.sectionNames.flatMap((name) =>
      [...valuesOf(config, name).keys()].flatMap((option) =>
        config.references(name, option).map((to) => `${to.section}:${to.option}`),
      ),
    ),
  );
}

/** Returns the values of a section; empty if the section does not resolve. */
function valuesOf(config: Config, name: string): ReadonlyMap<string, Value> {
  try {
    return config.section(name).options;
  } catch (error) {
    if (error instanceof ConfigError) return new Map();
    throw error;
  }
}
