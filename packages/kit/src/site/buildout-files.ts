/** The files that the option `buildout` of a site names. Several are built as one, in which a later file overrides an earlier one. */
export function buildoutFiles(buildout: string): readonly string[] {
  return buildout.split(/\s+/).filter(Boolean);
}
