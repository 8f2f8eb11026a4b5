import { formatSortedIni } from "@hostout/releases";
import type { PackageSettings } from "../package.ts";
import type { Pin } from "../pins/pins.ts";

/** The file in every package that describes its kind and its build. */
export const manifestFile = "hostout-package.ini";

/** The manifest leaves out the default Python, so that packages of sites with the default stay unchanged. */
const usualPython = "python3";

/** Formats all settings, besides the files, that make another release. Nothing in the text depends on the machine or the time. */
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
