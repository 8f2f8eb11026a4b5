import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { canonicalName, HostoutError } from "@hostout/kit";
import type { Workshop } from "@hostout/scm";
import type { PackageSettings } from "../package.ts";
import { configuredPins } from "../pins/pins.ts";
import { isPinnedHere } from "../pins/python-version.ts";
import type { Project } from "../project/read-project.ts";
import { devFolders } from "./dev-folders.ts";
import { type DevRelease, keepRelease, releaseDevPackage } from "./dev-package.ts";
import { type DevState, readDevState, stateKey, writeDevState } from "./dev-state.ts";

/** Releases all development packages of a project, one after the other. @throws HostoutError `failed` */
export async function makeDevReleases(
  { folder, config, production }: Project,
  { packageFormat, packages, python, localPython = python, versionsFile, origins }: PackageSettings,
  workshop: Workshop,
): Promise<readonly DevRelease[]> {
  const configs = production ? [config, production] : [config];
  const pins = new Map(
    configs.flatMap((one) =>
      configuredPins(one).map(({ name, version }) => [canonicalName(name), version] as const),
    ),
  );
  const releases: DevRelease[] = [];
  const state = await readDevState(folder);
  const named = { versionsFile, packages, origin: origins?.packages };
  for (const dev of await devFolders(folder, configs, named, workshop.warn)) {
    let other: string | undefined;
    const isMeant = (name: string, own: string) => {
      const pin = pins.get(canonicalName(name));
      if (pin === undefined || dev.isCheckedOut || isPinnedHere(pin, own)) return true;
      other = `${dev.label} is not packaged: ${name} is pinned to ${pin}`;
      return false;
    };
    const settings = {
      dist: distOf(folder),
      state,
      format: packageFormat,
      python: localPython ?? "python3",
      isMeant,
    };
    const release = await releaseDevPackage(dev, settings, workshop);
    if (other !== undefined) workshop.note(other);
    if (!release) continue;
    const { label, product, isChanged, record } = release;
    const twin = releases.find((one) => isTwin(one, release));
    if (twin) throw twoOfOne(record.name, twin.label, label);
    workshop.note(
      isChanged
        ? `Producing ${product} for ${label} with version ${record.version}`
        : `${label} is unchanged: ${record.version}`,
    );
    releases.push(release);
  }
  return releases;
}

/**
 * Returns whether two packages have the same name, of which a host would install either. Archives of plain folders have
 * distinct contents.
 */
function isTwin(one: DevRelease, other: DevRelease): boolean {
  return (
    !other.record.by.startsWith("tar") && canonicalName(one.record.name) === canonicalName(other.record.name)
  );
}

function twoOfOne(name: string, one: string, other: string): HostoutError {
  return new HostoutError({
    code: "failed",
    message: `${one} and ${other} are both ${name}`,
    hint: "Take one of them out of develop.",
  });
}

/** Keeps and records built files, and removes files without a record. */
export async function keepDevReleases(folder: string, releases: readonly DevRelease[]): Promise<void> {
  const changed = releases.filter(({ isChanged }) => isChanged);
  if (changed.length === 0) return;
  const dist = distOf(folder);
  for (const release of changed) await keepRelease(release, dist);
  const state: DevState = new Map([
    ...(await readDevState(folder)),
    ...changed.map(({ label, record }) => [stateKey(label, record.by), record] as const),
  ]);
  await writeDevState(folder, state);
  const recorded = new Set([...state.values()].map(({ file }) => file));
  for (const name of await readdir(dist))
    if (!recorded.has(name)) await rm(join(dist, name), { force: true });
}

/** Returns the folder of built development packages. */
export function distOf(folder: string): string {
  return join(folder, ".hostout", "dev-packages");
}
