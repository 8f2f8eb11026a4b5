import { join } from "node:path";
import { commandsOf, commandWords, type Site } from "@hostout/kit";
import { loadSites } from "../project/load-sites.ts";
import { openProject } from "../project/project.ts";
import type { CompletionFacts } from "./completion-facts.ts";

/** The facts for completion, and the files behind them. `isWhole` is false if some site has an error. */
export interface FoundFacts {
  readonly facts: CompletionFacts;
  readonly files: readonly string[];
  readonly isWhole: boolean;
}

/**
 * Reads a project with all its plugins.
 *
 * @throws ConfigError, HostoutError
 */
export async function findFacts(file: string): Promise<FoundFacts> {
  const project = await openProject(file);
  const loaded = await loadSites(project);
  const plugins = loaded.flatMap((site) => ("plugins" in site ? site.plugins : []));
  const sites = loaded.map((one) => [one.name, "site" in one ? commandsWithFlags(one.site) : {}] as const);
  return {
    facts: {
      sections: project.config.sectionNames,
      sites: Object.fromEntries([...sites, ...[...project.broken.keys()].map((name) => [name, {}] as const)]),
      groups: Object.fromEntries(project.groups),
      all: project.all,
    },
    files: [
      ...project.config.files,
      ...plugins.flatMap(({ file: entry, folder }) => [entry, join(folder, "package.json")]),
    ],
    isWhole: project.broken.size === 0 && loaded.every((site) => "site" in site),
  };
}

function commandsWithFlags(site: Site): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    [...commandsOf(site)].map(([name, { layers }]) => {
      return [name, commandWords(layers).flags.map((flag) => `--${flag.name}`)];
    }),
  );
}
