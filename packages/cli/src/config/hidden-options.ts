import { type Config, ConfigError, isSecretName } from "@hostout/config";
import { iniName, isHostoutError, siteOptions } from "@hostout/kit";
import type { Project, SiteSection } from "../project/project.ts";

/** Whether an option's value is not to be shown. */
export type IsHidden = (section: string, option: string) => boolean;

/**
 * The secrets of sites: what their plugins declare to be secret or is named like that, what those options are made of,
 * and every option that one of these goes into.
 */
export async function hiddenOptions(project: Project): Promise<IsHidden> {
  const hidden = await secretOptions(project);
  if (hidden.size > 0) addUsers(project.config, hidden);
  return (section, option) => hidden.has(`${section}:${option}`);
}

/** The options that hold secrets of sites, as `section:option`: where they are used and where they are written. */
export async function secretOptions(project: Project): Promise<Set<string>> {
  const hidden = new Set<string>();
  await Promise.all([...project.sites.values()].map((site) => addSecretsOf(project, site, hidden)));
  return hidden;
}

async function addSecretsOf(project: Project, site: SiteSection, hidden: Set<string>): Promise<void> {
  const declared = await declaredSecrets(project, site);
  for (const option of site.values.keys()) {
    if (!declared.has(option) && !isSecretName(option)) continue;
    hidden.add(`${site.name}:${option}`);
    addOrigins(project.config, site.sources.get(option) ?? site.name, option, hidden);
  }
}

async function declaredSecrets(project: Project, site: SiteSection): Promise<ReadonlySet<string>> {
  const declarations = [siteOptions, ...(await pluginsOf(project, site)).map(({ options }) => options ?? {})];
  return new Set(
    declarations
      .flatMap((options) => Object.entries(options))
      .filter(([, { secret }]) => secret)
      .flatMap(([name, { aliases }]) => [iniName(name), ...aliases]),
  );
}

async function pluginsOf(project: Project, site: SiteSection) {
  try {
    return (await project.load(site)).site.plugins;
  } catch (error) {
    // A plugin that is missing hides no more than what is named like a secret.
    if (isHostoutError(error)) return [];
    throw error;
  }
}

/** The options that a secret is made of: those of sections that it is taken from, and those that it refers to. */
function addOrigins(config: Config, section: string, option: string, hidden: Set<string>): void {
  const seen = new Set([`${section}:${option}`]);
  for (const place of seen) {
    const cut = place.indexOf(":");
    const [from, name] = [place.slice(0, cut), place.slice(cut + 1)];
    hidden.add(place);
    for (const step of config.history(from, name)) hidden.add(`${step.section}:${name}`);
    for (const next of config.references(from, name)) seen.add(`${next.section}:${next.option}`);
  }
}

/** The options that refer to hidden ones, directly or over others. */
function addUsers(config: Config, hidden: Set<string>): void {
  const users = new Map<string, string[]>();
  for (const section of config.sectionNames)
    for (const option of optionNames(config, section))
      for (const { section: to, option: name } of config.references(section, option)) {
        const target = `${to}:${name}`;
        users.set(target, [...(users.get(target) ?? []), `${section}:${option}`]);
      }
  for (const place of hidden) for (const user of users.get(place) ?? []) hidden.add(user);
}

function optionNames(config: Config, section: string): Iterable<string> {
  try {
    return config.section(section).options.keys();
  } catch (error) {
    if (error instanceof ConfigError) return [];
    throw error;
  }
}
