import { findCommand, HostoutError, nearMiss } from "@hostout/kit";
import { loadSites } from "../project/load-sites.ts";
import type { Project } from "../project/project.ts";
import { noSiteError } from "../project/site-rule.ts";
import type { SiteSection } from "../project/site-section.ts";
import { topics } from "../topics.ts";
import { globForm } from "./glob-form.ts";
import { missingSection } from "./missing-section.ts";

/** Checks whether a word can only select sites: a name, a group, `all`, a glob or an exclusion. */
export function isSiteWord(project: Pick<Project, "sites" | "groups" | "broken">, word: string): boolean {
  return (
    word === "all" ||
    project.sites.has(word) ||
    project.groups.has(word) ||
    project.broken.has(word) ||
    /[*?[]|^!/.test(word)
  );
}

/**
 * Returns the sites that SITE words select, in the order of the line, each once.
 *
 * @throws HostoutError `unknown-site` for a word without a site, and if none is left: an empty selection never
 * means every site
 * @throws ConfigError of a site that does not resolve
 */
export function selectSites(project: Project, words: readonly string[]): readonly SiteSection[] {
  const chosen = new Set<string>();
  const wanted = words.filter((word) => !word.startsWith("!"));
  // With only exclusions, all other sites are selected.
  for (const word of wanted.length === 0 ? ["all"] : wanted)
    for (const name of namesOf(project, word, [])) chosen.add(name);
  for (const word of words)
    if (word.startsWith("!")) for (const name of namesOf(project, word.slice(1), [])) chosen.delete(name);
  if (chosen.size === 0) throw noneLeft(project, words);
  return [...chosen].map((name) => {
    // A site that does not resolve is never skipped silently.
    const site = project.sites.get(name);
    if (!site) throw project.broken.get(name);
    return site;
  });
}

function noneLeft(project: Project, words: readonly string[]): HostoutError {
  const sites = [...project.sites.keys()];
  if (sites.length === 0) return hasNoSite(project);
  return new HostoutError({
    code: "unknown-site",
    message: `no site is left of: ${words.join(" ")}`,
    hint: `Sites are: ${sites.join(", ")}`,
  });
}

/** The error for a configuration without sites: the reason why a section is not a site, or the way to add one. */
function hasNoSite({ file, hostless: [hostless], whyNoSite }: Project): HostoutError {
  if (hostless !== undefined) return noSiteError(whyNoSite(hostless)!);
  return new HostoutError({
    code: "unknown-site",
    message: `${file} has no site`,
    hint: "Add one: hostout init",
  });
}

function namesOf(project: Project, word: string, above: readonly string[]): readonly string[] {
  if (word === "all") return project.all;
  if (project.sites.has(word) || project.broken.has(word)) return [word];
  const members = project.groups.get(word);
  if (members && !above.includes(word))
    return members.flatMap((member) => namesOf(project, member, [...above, word]));
  if (/[*?[]/.test(word)) {
    const form = globForm(word);
    const found = [...project.sites.keys(), ...project.broken.keys()].filter((name) => form.test(name));
    if (found.length > 0) return found;
  }
  throw unknownSite(project, word);
}

/**
 * Returns the error for a word that is neither a site nor a topic. The error has the reason why that section is
 * not a site, or a similar name.
 *
 * @throws ConfigError of a group that does not resolve
 */
export function unknownSite(project: Project, word: string): HostoutError {
  const noSite = project.whyNoSite(word);
  if (noSite) return noSiteError(noSite);
  // Throws the error of a group that does not resolve.
  if (project.config.sectionNames.includes(word)) project.config.section(word);
  const [only, ...others] = project.sites.keys();
  const unplaced = missingSection(word, others.length === 0 ? only : undefined);
  if (unplaced) return unplaced;
  const names = [...project.sites.keys(), ...project.groups.keys(), ...topics.keys(), "all"];
  const near = nearMiss(word, names);
  const refuse = (message: string, hint: string) => new HostoutError({ code: "unknown-site", message, hint });
  if (near !== undefined)
    return refuse(`there is no site '${word}' in ${project.file}`, `Did you mean '${near}'?`);
  const owner = siteOfHost(project, word);
  if (owner !== undefined)
    return refuse(
      `'${word}' is not a site, but a host of ${owner}`,
      `Name the site, then its host: hostout ${owner} --hosts ${word}`,
    );
  if (project.sites.size + project.broken.size === 0) return hasNoSite(project);
  const sites = [...project.sites.keys(), ...project.broken.keys()].join(", ");
  return refuse(`there is no site '${word}' in ${project.file}`, `Sites are: ${sites}`);
}

/** Returns the site that names a word as its host. */
function siteOfHost({ sites }: Project, word: string): string | undefined {
  return [...sites.values()].find(({ values }) => values.get("host")?.text.split(/\s+/).includes(word))?.name;
}

/**
 * Returns the error for a line that starts with no site: a command before its site, or as in {@link
 * unknownSite}.
 */
export async function noSiteFirst(project: Project, words: readonly string[]): Promise<HostoutError> {
  const [word = "", ...rest] = words;
  const named = rest.find((one) => project.sites.has(one));
  const loaded = await loadSites(project);
  const owners = loaded.flatMap((one) => ("site" in one && findCommand(one.site, word) ? [one.name] : []));
  const site = named ?? owners[0];
  if (site === undefined || owners.length === 0 || project.config.sectionNames.includes(word))
    return unknownSite(project, word);
  return new HostoutError({
    code: "unknown-site",
    message: `'${word}' is a command, and stands after its site`,
    hint: `hostout ${site} ${word}${named === undefined && owners.length > 1 ? `; sites are: ${owners.join(", ")}` : ""}`,
  });
}
