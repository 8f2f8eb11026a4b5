/**
 * Whether a recipe is hostout's: `collective.hostout` or its first name `collective.recipe.hostout`. The
 * recipe may have an extra, an entry point or a version.
 */
export function isHostoutRecipe(recipe: string): boolean {
  return /^collective\.(?:recipe\.)?hostout\s*(?:$|[[:=<>!~])/.test(recipe.trim());
}
