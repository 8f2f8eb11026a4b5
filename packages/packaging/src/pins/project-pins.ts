import { type Config, canonicalName, commandLine, partsWithoutSites, unpinnedEggs } from "@hostout/kit";
import type { Workshop } from "@hostout/scm";
import type { DevRelease } from "../dev/dev-package.ts";
import type { PackageSettings } from "../package.ts";
import type { Project } from "../project/read-project.ts";
import { pickedVersions } from "./picked-versions.ts";
import { configuredPins, mergePins, type Pin, versionsSection } from "./pins.ts";
import { isInRange, isRange, isReleaseVersion } from "./python-version.ts";

/** The versions with which a host builds. */
export interface ProjectPins {
  /** The section from which the host reads them. */
  readonly section: string;
  readonly pins: readonly Pin[];
}

/** The sources of pins besides the configurations. */
export interface PinSources {
  readonly releases: readonly DevRelease[];
  /** The pins of the existing versions file. */
  readonly kept: readonly Pin[] | undefined;
}

/**
 * Returns the versions of the local build. Undefined if buildout builds nothing.
 * In rising order of precedence: the picked versions, the pins of the configuration, and the development packages' own.
 * Without a local build, as in a fresh clone, the pins of the versions file replace the picked versions.
 */
export async function projectPins(
  { folder, config, production }: Project,
  { releases, kept = [] }: PinSources,
  { versionsFile }: Pick<PackageSettings, "versionsFile">,
  { note, warn }: Workshop,
): Promise<ProjectPins | undefined> {
  if (!production) return undefined;
  // Releases of packages that are no longer developed are in no index.
  const stay = kept.filter(({ version }) => !isReleaseVersion(version));
  // Besides a file with sites alone, the local build is that of the file that hosts build.
  const local = saysBuildout(config) ? config : production;
  const picked = await pickedVersions(folder, local);
  if (!picked) note(`There is no local build to take versions from: ${instead(stay, versionsFile)}`);
  const own = releases
    .filter(({ record }) => !record.by.startsWith("npm") && !record.by.startsWith("tar"))
    .map(({ record: { name, version } }): Pin => ({ name, version }));
  const known = picked ?? stay;
  const said = configuredPins(local).filter((pin) => !isKnown(pin, known));
  const pins = mergePins([known, said, own], [...configuredPins(local), ...configuredPins(production)]);
  for (const { name } of unpinnedEggs(
    production,
    pins.map((pin) => pin.name),
  ))
    warn(`no version of ${name} is pinned: each host takes the newest that it finds`);
  note(`Pinning ${pins.length} ${pins.length === 1 ? "version" : "versions"}`);
  return { section: versionsSection(production), pins };
}

/**
 * Returns whether a pin is a range that the known versions fulfil. With the range, each host would take the newest
 * version that it finds.
 */
function isKnown({ name, version: range }: Pin, known: readonly Pin[]): boolean {
  if (!isRange(range)) return false;
  const same = known.filter((pin) => canonicalName(pin.name) === canonicalName(name));
  return same.length > 0 && same.every(({ version }) => isInRange(version, range));
}

/** Returns whether the configuration is a buildout by its files, independent of the command line. */
function saysBuildout(config: Config): boolean {
  const isWritten = ({ name }: Pin) =>
    config.option(versionsSection(config), name)?.origin.file !== commandLine;
  return partsWithoutSites(config).parts.length > 0 || configuredPins(config).some(isWritten);
}

function instead(stay: readonly Pin[], versionsFile: string): string {
  return stay.length > 0 ? `those of ${versionsFile} are kept` : "only those of the configuration are pinned";
}
