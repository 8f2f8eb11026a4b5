import { type Config, isHostoutRecipe, textOf } from "@hostout/kit";

/**
 * Returns the sections that describe deploys: sites, and the sections from which they take options. @param site the
 * packaged site
 */
export function sectionsOfSites(config: Config, site: string): Set<string> {
  const found = new Set(config.sectionNames.filter((name) => name === site || isSite(config, name)));
  for (const name of found)
    for (const option of ["extends", "<", "< +"])
      for (const base of (config.raw(name).get(option) ?? "").split(/\s+/))
        if (base !== "buildout" && config.sectionNames.includes(base)) found.add(base);
  return found;
}

/** Returns whether hostout takes a section for a site: in a buildout many sections have a host of another kind. */
function isSite(config: Config, name: string): boolean {
  if (name === "buildout") return false;
  const recipe = textOf(config, name, "recipe").trim();
  if (recipe !== "") return isHostoutRecipe(recipe);
  const hasHost = config.history(name, "host").length > 0 || config.raw(name).has("host");
  const plugins = `${textOf(config, name, "extends")} ${textOf(config, name, "plugins")}`;
  return hasHost && (!config.isBuildout || /(?:^|\s)(?:@[\w.-]+\/)?hostout[.-]/.test(plugins));
}
