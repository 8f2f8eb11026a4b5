/** The plugins that need no installation: folders of `plugins` in the repository. The first one is under every site. */
export const bundledPlugins: ReadonlySet<string> = new Set(["hostout-core", "hostout-pushdeploy"]);
