import { type Config, ConfigError, didYouMean, type Value } from "@hostout/config";
import { iniName, type OptionDeclarations, type Plugin, type Site, siteOptions } from "@hostout/kit";
import { releaseLines } from "../host-lines.ts";
import { bundledPlugins, makePluginLoader } from "../load-plugin.ts";
import type { Project } from "../project.ts";
import { heirsOf } from "../site-facts.ts";
import type { Finding } from "./lint.ts";

/** The options that `[hostout]` has, where it is no site. */
export const hostoutOptions: readonly string[] = ["require-config"];

/** Options of hostout-core that the deploy of hostout-pushdeploy does not read. */
const notPushed: readonly string[] = [...releaseLines, "sudo-parts", "buildout-cache"];

/** Options that have no effect where they are set: those of a plugin that the site does not have. */
export async function idleSiteOptions(
  config: Config,
  site: Site,
  others: readonly Plugin[] = [],
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const own = new Set([siteOptions, ...site.plugins.map(({ options }) => options)].flatMap(optionNames));
  const isPushed = site.plugins.some(({ name }) => name === "hostout-pushdeploy");
  const unknown = new Map([...site.values].filter(([key]) => !own.has(key)));
  const unread = unknown.size === 0 ? [] : unreferred(config, site.name, unknown);
  for (const plugin of unread.length === 0 ? [] : [...(await bundled(site)), ...others]) {
    if (site.plugins.some(({ name }) => name === plugin.name)) continue;
    const names = optionNames(plugin.options);
    for (const [key, { origin }] of unread)
      if (names.includes(key) && !findings.some((finding) => finding.origin === origin))
        findings.push({
          severity: "warning",
          message: `[${site.name}] '${key}' has no effect: it is an option of ${plugin.name}, which the site does not have`,
          origin,
          hint: `Add the plugin: plugins = ${plugin.name}. Or take the option out.`,
        });
  }
  for (const [key, { origin }] of site.values)
    if (isPushed && notPushed.includes(key))
      findings.push({
        severity: "warning",
        message: `[${site.name}] '${key}' has no effect: the deploy of hostout-pushdeploy is push and restart`,
        origin,
        hint: `Write what restarts the site: restart = supervisorctl restart ${site.name}:*`,
      });
  return findings;
}

/** Options of sites that a group has: its sites do not take them. */
export function idleGroupOptions(
  { config, groups }: Project,
  plugins: readonly Plugin[],
  names: Iterable<string> = groups.keys(),
): readonly Finding[] {
  const known = new Set([siteOptions, ...plugins.map(({ options }) => options)].flatMap(optionNames));
  const bases = basesOf(config);
  const isIdle = (group: string) => config.raw(group).has("sites") && !bases.has(group);
  return [...names].filter(isIdle).flatMap((group) =>
    unreferred(config, group, valuesOf(config, group))
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

/** Options of `[hostout]` that nothing reads, where it is neither a site nor a base. */
export function idleHostoutOptions({ config, sites, groups }: Project): readonly Finding[] {
  const name = "hostout";
  if (!config.sectionNames.includes(name) || sites.has(name) || groups.has(name)) return [];
  if (config.raw(name).has("recipe") || basesOf(config).has(name)) return [];
  return unreferred(config, name, valuesOf(config, name))
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

/** The options of the plugins that come with hostout. */
async function bundled({ config, name, origin }: Site): Promise<readonly Plugin[]> {
  const load = makePluginLoader(config);
  return Promise.all([...bundledPlugins].map(async (word) => (await load(word, name, origin)).plugin));
}

function optionNames(options: OptionDeclarations): readonly string[] {
  return Object.entries(options).flatMap(([name, { aliases }]) => [iniName(name), ...aliases]);
}

/** The sections that others take options from. */
function basesOf(config: Config): ReadonlySet<string> {
  return new Set(heirsOf(config).keys());
}

/** The options of a section that no other option refers to. */
function unreferred(
  config: Config,
  section: string,
  values: ReadonlyMap<string, Value>,
): readonly (readonly [string, Value])[] {
  const referred = new Set(
    config.sectionNames.flatMap((name) =>
      [...valuesOf(config, name).keys()].flatMap((option) =>
        config.references(name, option).map((to) => `${to.section}:${to.option}`),
      ),
    ),
  );
  return [...values].filter(([key]) => !referred.has(`${section}:${key}`));
}

/** Empty where the section does not resolve. */
function valuesOf(config: Config, name: string): ReadonlyMap<string, Value> {
  try {
    return config.section(name).options;
  } catch (error) {
    if (error instanceof ConfigError) return new Map();
    throw error;
  }
}
