import { checkSite, type Plugin, type Site } from "@hostout/kit";
import { lintOldPlugins } from "../plugins/old-plugins.ts";
import type { Project } from "../project/project.ts";
import { idleGroupOptions, idleHostoutOptions, idleSiteOptions } from "./idle-options.ts";
import { leftoverConfig } from "./leftover-config.ts";
import type { Finding } from "./lint.ts";
import { lintOldOptions } from "./old-options.ts";

/** Returns the findings about the options of a single site, at most one for each option. */
export function siteFindings(site: Site): readonly Finding[] {
  const old = lintOldOptions(site);
  const checked = checkSite(site).map(
    ({ error: { message, origin, hint }, severity }): Finding => ({ severity, message, origin, hint }),
  );
  return [
    ...checked.filter(({ origin }) => !old.some((one) => one.origin === origin)),
    ...old,
    ...lintOldPlugins(site),
  ];
}

/**
 * Returns findings about settings without effect: options of the sites and groups of a run, and a file that is
 * not read.
 */
export async function idleFindings(
  project: Project,
  sites: readonly Site[],
  { siteWords, isNamed }: { readonly siteWords: readonly string[]; readonly isNamed: boolean },
): Promise<readonly Finding[]> {
  const plugins: readonly Plugin[] = sites.flatMap((site) => site.plugins);
  const groups = siteWords.filter((word) => project.groups.has(word));
  return [
    ...(await idleSiteOptions(project.config, sites)),
    ...idleGroupOptions(project, plugins, groups),
    ...idleHostoutOptions(project),
    ...(isNamed ? [] : await leftoverConfig(project)),
  ];
}
