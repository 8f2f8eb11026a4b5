import type { Config } from "../config.ts";
import { isHostoutRecipe } from "./hostout-recipe.ts";
import { textOf } from "./text-of.ts";

/**
 * Parts of a buildout without the sites among them, which no recipe builds: as collective.hostout had it, and as `parts` says which
 * sites `all` means.
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
