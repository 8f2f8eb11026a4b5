import { type HostoutError, isHostoutError, type Site } from "@hostout/kit";
import type { LoadedPlugin } from "../plugins/load-plugin.ts";
import type { Project } from "./project.ts";

/** A site with its plugins, or the error that prevents it. */
export type LoadedSite = { readonly name: string } & (
  | { readonly site: Site; readonly plugins: readonly LoadedPlugin[] }
  | { readonly fault: HostoutError }
);

/** Loads all sites of a project, for lists. The error of one site does not hide another site. */
export function loadSites(project: Project): Promise<readonly LoadedSite[]> {
  return Promise.all(
    [...project.sites.values()].map(async (section): Promise<LoadedSite> => {
      const { name } = section;
      try {
        return { name, ...(await project.load(section)) };
      } catch (fault) {
        if (isHostoutError(fault)) return { name, fault };
        throw fault;
      }
    }),
  );
}
