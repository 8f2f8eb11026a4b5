import { type Config, canonicalName } from "@hostout/kit";
import { compareBytes } from "../entries/entry.ts";
import { compareVersions } from "./python-version.ts";

/** One project's version. */
export interface Pin {
  /** As written in the file. */
  readonly name: string;
  readonly version: string;
}

/** Returns the name of the section that pins versions. */
export function versionsSection(config: Config): string {
  return config.option("buildout", "versions")?.text.trim() || "versions";
}

/** Returns the pins of a configuration. @throws ConfigError if they do not resolve */
export function configuredPins(config: Config): readonly Pin[] {
  const section = versionsSection(config);
  if (!config.sectionNames.includes(section)) return [];
  return [...config.section(section).options]
    .filter(([name, { text }]) => name !== "<" && !name.startsWith("__") && text.trim() !== "")
    .map(([name, { text }]) => ({ name, version: text.trim() }));
}

/**
 * Merges pins, sorted. Returns one pin for each spelling of a project's name, because buildout would accept both, and
 * one for the name that buildout looks up.
 *
 * @param layers the lowest first: a project's version is that of the last layer that has it
 * @param spellings overridden pins, for their names alone
 */
export function mergePins(
  layers: readonly (readonly Pin[])[],
  spellings: readonly Pin[] = [],
): readonly Pin[] {
  const versions = new Map<string, string>();
  for (const layer of layers) for (const [name, version] of latest(layer)) versions.set(name, version);
  const names = new Map<string, Set<string>>();
  const add = (name: string) => {
    const known = names.get(canonicalName(name)) ?? new Set();
    names.set(canonicalName(name), known.add(name).add(soughtName(name)));
  };
  for (const { name } of [...layers.slice(1).flat(), ...spellings]) add(name);
  for (const { name } of layers[0] ?? []) if (!names.has(canonicalName(name))) add(name);
  return [...versions]
    .flatMap(([canonical, version]) =>
      [...(names.get(canonical) ?? [])].map((name): Pin => ({ name, version })),
    )
    .sort(
      (one, other) =>
        compareBytes(one.name.toLowerCase(), other.name.toLowerCase()) || compareBytes(one.name, other.name),
    );
}

/** Returns the name of a requirement, as setuptools writes it: older buildouts find no pin of a name with `_`. */
function soughtName(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9.]+/g, "-");
}

/** Returns the greatest of several versions in one layer. */
function latest(pins: readonly Pin[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { name, version } of pins) {
    const known = found.get(canonicalName(name));
    if (known === undefined || compareVersions(known, version) < 0) found.set(canonicalName(name), version);
  }
  return found;
}

/** Formats the file of pins, as buildout reads it. @param section the section by which buildout pins versions */
export function formatPins({
  section,
  pins,
}: {
  readonly section: string;
  readonly pins: readonly Pin[];
}): string {
  const lines = pins.map(({ name, version }) => `${name} = ${version}\n`);
  return `# Written by hostout: the versions that the last package was made with. Only production reads them.\n[${section}]\n${lines.join("")}`;
}
