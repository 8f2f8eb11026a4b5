import { findCommand, type Site } from "@hostout/kit";

/** Whether hostout-core alone says what those commands of the site do: no other plugin wraps or replaces one. */
export function isOfCore(site: Site, ...commands: readonly string[]): boolean {
  return commands.every((name) =>
    findCommand(site, name)?.layers.every(({ plugin }) => plugin.name === "hostout-core"),
  );
}
