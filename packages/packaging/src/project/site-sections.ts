import { type Config, isHostoutRecipe, textOf } from "@hostout/kit";

/** The sections that say where and how something is deployed: sites, and what they take options from. @param site the one that is packaged */
export function sectionsOfSites(config: Config, site: string): Set<string> {
  const found = new Set(config.sectionNames.filter((name) => name === site || isSite(config, name)));
  for (const name of found)
    for (const option of ["extends", "<", "< +"])
      for (const base of (config.raw(name).get(option) ?? "").split(/\s+/))
        if (base !== "buildout" && config.sectionNames.includes(base)) found.add(base);
  return found;
}

/** As hostout takes sections for sites: beside a buildout many a section has a host of another kind. */
function isSite(config: Config, name: string): boolean {
  if (name === "buildout") return false;
  const recipe = textOf(config, name, "recipe").trim();
  if (recipe !== "") return isHostoutRecipe(recipe);
  const hasHost = config.history(name, "host").length > 0 || config.raw(name).has("host");
  const plugins = `${textOf(config, name, "extends")} ${textOf(config, name, "plugins")}`;
  return hasHost && (!config.isBuildout || /(?:^|\s)(?:@[\w.-]+\/)?hostout[.-]/.test(plugins));
}
