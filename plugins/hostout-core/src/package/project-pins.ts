import type { DevRelease } from "./dev-package.ts";
import type { Workshop } from "./package-tools.ts";
import { pickedVersions } from "./picked-versions.ts";
import { configuredPins, mergePins, type Pin, versionsSection } from "./pins.ts";
import type { Project } from "./read-project.ts";

/** The versions that a host builds with. */
export interface ProjectPins {
  /** The section that they are read from there. */
  readonly section: string;
  readonly pins: readonly Pin[];
}

/**
 * The versions that the local build used: what it picked, below what its configuration pins, below the development
 * packages' own. Undefined when nothing is built by buildout.
 */
export async function projectPins(
  { folder, config, production }: Project,
  releases: readonly DevRelease[],
  { note }: Workshop,
): Promise<ProjectPins | undefined> {
  if (!production) return undefined;
  const picked = await pickedVersions(folder, config);
  if (!picked)
    note("There is no local build to take versions from: only those of the configuration are pinned");
  const own = releases
    .filter(({ record }) => !record.by.startsWith("npm") && !record.by.startsWith("tar"))
    .map(({ record: { name, version } }): Pin => ({ name, version }));
  const pins = mergePins([picked ?? [], configuredPins(config), own], configuredPins(production));
  note(`Pinning ${pins.length} ${pins.length === 1 ? "version" : "versions"}`);
  return { section: versionsSection(production), pins };
}
