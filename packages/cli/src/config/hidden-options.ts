import { type Config, ConfigError, isSecretName } from "@hostout/config";
import { iniName, isHostoutError, siteOptions } from "@hostout/kit";
import type { Project } from "../project/project.ts";
import type { SiteSection } from "../project/site-section.ts";

/** Checks whether the value of an option must stay hidden. */
export type IsHidden = (section: string, option: string) => boolean;

/**
 * Finds the secrets of sites. An option is secret if a plugin declares it so or its name looks so. The options
 * that a secret is made of, and those that contain it, are secret too.
 */
export async function hiddenOptions(project: Project): Promise<IsHidden> {
  const hidden = await secretOptions(project);
  if (hidden.size > 0) addUsers(project.config, hidden);
  return (section, option) => hidden.has(`${section}:${option}`);
}

/**
 * Returns the options with secrets of sites as `section:option`, both where sites use them and where they are
 * set.
 */
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
    // If a plugin is missing, only options with the name of a secret are hidden.
    if (isHostoutError(error)) return [];
    throw error;
  }
}

/** Adds the options that a secret is made of: its origins in other sections, and the options that it refers to. */
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

/** Adds the options that refer to hidden ones, directly or through others. */
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
