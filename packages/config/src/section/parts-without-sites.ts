import type { Config } from "../config.ts";
import { isHostoutRecipe } from "./hostout-recipe.ts";
import { textOf } from "./text-of.ts";

/**
 * Returns the parts of a buildout without its sites, which no recipe builds. Files for collective.hostout
 * list sites in `parts`, and `parts` also defines the sites of `all`.
 */
export function partsWithoutSites(config: Config): {
  readonly parts: readonly string[];
  readonly hasSites: boolean;
} {
  const all = textOf(config, "buildout", "parts").split(/\s+/).filter(Boolean);
  const parts = all.filter((part) => !isSite(config, part));
  return { parts, hasSites: parts.length < all.length };
}

function isSite(config: Config, part: string): boolean {
  const recipe = textOf(config, part, "recipe").trim();
  if (recipe === "") return textOf(config, part, "host").trim() !== "";
  return isHostoutRecipe(recipe);
}
