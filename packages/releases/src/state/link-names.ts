/** Folders of a site that belong to no release: its data, and hostout's own folders. */
const own: ReadonlySet<string> = new Set(["var", "releases", "current", "runtimes", "buildout-cache"]);

/** Returns the reason why a folder of a release cannot have a link in the site's own folder. Undefined if it can. */
export function whyNoLink(name: string): string | undefined {
  if (name === "" || name.includes("/") || name.startsWith("."))
    return `'${name}' is no name of a folder in path`;
  if (own.has(name)) return `'${name}' is a folder of the site, not of its releases`;
  return undefined;
}
