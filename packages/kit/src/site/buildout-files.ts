/**
 * Splits the option `buildout` of a site into its files. Buildout builds several files as one, and a later
 * file overrides an earlier one.
 */
export function buildoutFiles(buildout: string): readonly string[] {
  return buildout.split(/\s+/).filter(Boolean);
}
