import { formatSortedIni } from "@hostout/releases";
import type { PackageSettings } from "../package.ts";
import type { Pin } from "../pins/pins.ts";

/** In every package: what it is and how it is built. */
export const manifestFile = "hostout-package.ini";

/** The default is not told: the package of a site that does not choose another stays what it was. */
const usualPython = "python3";

/** All that makes another release of it, besides the files. Nothing in it depends on the machine or the time. */
export function formatManifest(kind: string, settings: PackageSettings, packages: readonly Pin[]): string {
  const options: Record<string, string | readonly string[]> = { format: "1", kind };
  if (kind === "buildout") {
    options.buildout = settings.buildout;
    if (settings.python !== undefined && settings.python !== usualPython) options.python = settings.python;
  }
  for (const [name, values] of Object.entries({
    "build-command": settings.buildCommand,
    parts: settings.parts,
    "sudo-parts": settings.sudoParts,
  }))
    if (values.length > 0) options[name] = values;
  return formatSortedIni({
    package: options,
    ...(packages.length > 0 && {
      packages: Object.fromEntries(packages.map(({ name, version }) => [name, version])),
    }),
  });
}
