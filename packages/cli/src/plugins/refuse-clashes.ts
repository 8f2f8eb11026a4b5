import { HostoutError, iniName, type OptionDeclaration, siteOptions } from "@hostout/kit";
import type { SiteSection } from "../project/site-section.ts";
import type { LoadedPlugin } from "./load-plugin.ts";

/**
 * Refuses two plugins with the same command, unless the later one declares the override. A task file may
 * override without that.
 */
export function refuseChanceOverrides(
  { name: site, origin, values }: SiteSection,
  plugins: readonly LoadedPlugin[],
): void {
  const owners = new Map<string, string>();
  for (const { plugin, file, isTaskFile } of plugins) {
    for (const [name, { run, runOnce, steps, overrides }] of Object.entries(plugin.commands)) {
      // Hooks alone do not replace the command.
      if (!run && !runOnce && !steps) continue;
      const owner = owners.get(name);
      if (owner !== undefined && !overrides && !isTaskFile)
        throw new HostoutError({
          code: "plugin-broken",
          message: `[${site}] ${owner} and ${plugin.name} (${file}) both define the command '${name}'`,
          hint: `If ${plugin.name} is to replace or wrap it, its author adds 'overrides: true' to the command; else leave one of the plugins out.`,
          origin: values.get("plugins")?.origin ?? values.get("extends")?.origin ?? origin,
        });
      owners.set(name, plugin.name);
    }
  }
}

/** Refuses an option that two plugins read differently. Plugins may share an option that they read alike. */
export function refuseClashes(
  { name: site, origin, values }: SiteSection,
  plugins: readonly LoadedPlugin[],
): void {
  const known = new Map(
    Object.entries<OptionDeclaration>(siteOptions).map(([key, { label }]) => [
      key,
      { label, by: "hostout itself", file: "" },
    ]),
  );
  for (const { plugin, file } of plugins) {
    for (const [key, { label }] of Object.entries(plugin.options ?? {})) {
      const other = known.get(key);
      if (other && other.label !== label) {
        const places = [other, { by: plugin.name, file }].map(({ by, file: at }) =>
          at === "" ? by : `${by} (${at})`,
        );
        throw new HostoutError({
          code: "plugin-broken",
          message: `[${site}] two plugins read the option '${iniName(key)}' otherwise: as ${other.label} ${places[0]}, as ${label} ${places[1]}`,
          hint: "Leave one of them out, or ask its author for another name.",
          origin: values.get(iniName(key))?.origin ?? origin,
        });
      }
      known.set(key, { label, by: plugin.name, file });
    }
  }
}
