/** Folders of a site that are no release's: its data, and what hostout keeps there. */
const own: ReadonlySet<string> = new Set(["var", "releases", "current", "runtimes", "buildout-cache"]);

/** Why a folder of a release cannot be found in the site's own folder too, as a link to what is served; undefined if it can. */
export function whyNoLink(name: string): string | undefined {
  if (name === "" || name.includes("/") || name.startsWith("."))
    return `'${name}' is no name of a folder in path`;
  if (own.has(name)) return `'${name}' is a folder of the site, not of its releases`;
  return undefined;
}
