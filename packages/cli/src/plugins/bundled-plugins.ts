import type { Plugin } from "@hostout/kit";

/**
 * The plugins that need no installation, with their modules: folders of `plugins` in the repository. The first one is
 * under every site.
 */
export const bundledPlugins: ReadonlyMap<string, () => Promise<{ readonly plugin: Plugin }>> = new Map([
  ["hostout-core", () => import("hostout-core")],
  ["hostout-pushdeploy", () => import("hostout-pushdeploy")],
  ["hostout-systemd", () => import("hostout-systemd")],
]);
