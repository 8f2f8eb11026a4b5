import { type Config, type Origin, textOf } from "@hostout/config";
import { HostoutError } from "@hostout/kit";
import { heirsOf, type SiteFacts, siteFacts, wordsOf } from "./site-facts.ts";

/** Decides which sections of a configuration are sites or groups, even if they do not resolve. */
export interface SiteRule {
  readonly isSite: (section: string) => boolean;
  readonly isGroup: (section: string) => boolean;
  /** Returns why a section is not a site, and how to make it one. Undefined for a site, a group, or no section. */
  readonly whyNot: (section: string) => NoSite | undefined;
  /**
   * The sections that look like sites but name no host and have no heirs. They have hostout's recipe or a
   * plugin. If the configuration has no site, they also include sections that only lack a host.
   */
  readonly hostless: readonly string[];
}

/** The reason why a section is not a site, with a hint. */
export interface NoSite {
  readonly message: string;
  readonly hint: string;
  readonly origin: Origin | undefined;
}

/**
 * Creates the rule for a configuration. A site has a host, its own or an inherited one. The site also has
 * hostout's recipe. Without any recipe, a section is a site if it names a plugin or task file, or if the
 * configuration has no [buildout]. A base, from which sites take options, is not a site.
 */
export function makeSiteRule(config: Config): SiteRule {
  const facts = new Map(
    config.sectionNames.flatMap((name): readonly (readonly [string, SiteFacts])[] =>
      name === "buildout" || name === "versions" ? [] : [[name, siteFacts(config, name)]],
    ),
  );
  const isMeant = ({ mark }: SiteFacts) => mark === "hostout" || (mark === "none" && !config.isBuildout);
  const isCandidate = (name: string) => {
    const known = facts.get(name);
    return known?.hasHost === true && isMeant(known);
  };
  const isGroup = (name: string) => {
    const { hasHost, hasSites, mark } = facts.get(name) ?? {};
    return hasSites === true && !hasHost && mark !== "other recipe";
  };
  const heirs = heirsOf(config);
  const isBase = makeBaseRule(config, { names: [...facts.keys()], heirs, isCandidate, isGroup });
  const isSite = (name: string) => isCandidate(name) && !isBase(name);
  const isAnySite = [...facts.keys()].some(isCandidate);
  return {
    isSite,
    isGroup,
    hostless: [...facts].flatMap(([name, known]) => {
      const isForgotten = isAnySite ? known.mark === "hostout" : isMeant(known);
      return isForgotten && !known.hasHost && !isGroup(name) && !heirs.has(name) ? [name] : [];
    }),
    whyNot: (name) => {
      const known = facts.get(name);
      if (!known || isSite(name) || isGroup(name)) return undefined;
      const [why, hint] = isCandidate(name)
        ? whyBase(name, sitesBelow(name, heirs, isCandidate), config)
        : whyNoCandidate(known);
      return { message: `[${name}] is not a site: ${why}`, hint, origin: known.origin };
    },
  };
}

/** Returns the error for selecting a section that is not a site. */
export function noSiteError({ message, hint, origin }: NoSite): HostoutError {
  return new HostoutError({ code: "unknown-site", message, hint, origin });
}

function whyNoCandidate({ mark, recipe, hasHost, createsHosts }: SiteFacts): readonly [string, string] {
  if (mark === "other recipe")
    return [
      `its recipe is ${recipe}`,
      "Write the site as a section of its own, with: recipe = collective.hostout",
    ];
  if (!hasHost && createsHosts)
    return [
      "the section names no host, and hostout creates none",
      "Create the host, then add to the section: host = web1.example.com",
    ];
  if (!hasHost) return ["the section names no host", "Add to the section: host = web1.example.com"];
  return [
    "beside [buildout], a site names hostout's recipe or a plugin of hostout",
    "Add to the section: extends = hostout-core",
  ];
}

function whyBase(name: string, heirs: readonly string[], { isBuildout }: Config): readonly [string, string] {
  return [
    `${heirs.map((heir) => `[${heir}]`).join(", ")} ${heirs.length > 1 ? "take" : "takes"} its options`,
    isBuildout
      ? `If it is a site too, add it to [buildout] parts: ${name}`
      : `If it is a site too, name it in a group: sites = ${name}`,
  ];
}

type Heirs = ReadonlyMap<string, readonly string[]>;

interface BaseFacts {
  readonly names: readonly string[];
  readonly heirs: Heirs;
  readonly isCandidate: (name: string) => boolean;
  readonly isGroup: (name: string) => boolean;
}

/** The options that place a site. */
const places = [["host"], ["path", "remote-path", "remote_path"]] as const;

/**
 * Creates the rule for bases. A section whose options sites take is a base, unless `parts` or a group names it.
 * If `parts` names no site, a section counts as a site if no heir uses its host or path. A mere base would not
 * need that option.
 */
function makeBaseRule(config: Config, { names, heirs, isCandidate, isGroup }: BaseFacts) {
  const parts = wordsOf(textOf(config, "buildout", "parts"));
  const partsNameSites = parts.some(isCandidate);
  const members = names.filter(isGroup).flatMap((name) => wordsOf(textOf(config, name, "sites")));
  const named = new Set([...parts, ...members]);
  const sets = (name: string, options: readonly string[]) =>
    options.some((option) => config.raw(name).has(option));
  const isTaken = (name: string, options: readonly string[]) =>
    below(name, heirs, (heir) => !sets(heir, options)).some(
      (heir) => isCandidate(heir) && sitesBelow(heir, heirs, isCandidate).length === 0,
    );
  return (name: string): boolean => {
    if (named.has(name) || sitesBelow(name, heirs, isCandidate).length === 0) return false;
    return partsNameSites || !places.some((options) => sets(name, options) && !isTaken(name, options));
  };
}

function sitesBelow(name: string, heirs: Heirs, isCandidate: (name: string) => boolean): readonly string[] {
  return below(name, heirs, () => true).filter(isCandidate);
}

/**
 * Returns the sections that take options from a section, directly or through others, as long as `follows`
 * accepts them.
 */
function below(name: string, heirs: Heirs, follows: (heir: string) => boolean): readonly string[] {
  const found = new Set([name]);
  for (const one of found) for (const heir of heirs.get(one) ?? []) if (follows(heir)) found.add(heir);
  found.delete(name);
  return [...found];
}
