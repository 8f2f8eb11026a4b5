import { type HostoutError, isHostoutError, type Site } from "@hostout/kit";
import type { LoadedPlugin } from "./load-plugin.ts";
import type { Project } from "./project.ts";

/** A site with its plugins, or why it cannot be had. */
export type LoadedSite = { readonly name: string } & (
  | { readonly site: Site; readonly plugins: readonly LoadedPlugin[] }
  | { readonly fault: HostoutError }
);

/** All sites of a project, for lists: the fault of one hides no other. */
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
