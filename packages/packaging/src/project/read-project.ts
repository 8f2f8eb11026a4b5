import { basename, dirname, relative, resolve } from "node:path";
import { buildoutFiles, type Config, HostoutError, partsWithoutSites, readConfig } from "@hostout/kit";
import type { PackageSettings } from "../package.ts";
import { refuseAssignedExtends } from "./assigned.ts";
import { missingBuildouts } from "./missing-buildouts.ts";

export type ProjectKind = "buildout" | "application" | "files";

/** Returns the kind of a project, from a look at its files. @param folder the configuration's folder */
export function kindOfProject(
  folder: string,
  {
    buildCommand = [],
    buildout,
  }: { readonly buildCommand?: readonly string[] | undefined; readonly buildout: string },
): ProjectKind {
  if (buildCommand.length > 0) return "application";
  return missingBuildouts(folder, buildout).length < buildoutFiles(buildout).length ? "buildout" : "files";
}

/** The sources of a package, as the configurations define them. */
export interface Project {
  /** Absolute. */
  readonly folder: string;
  readonly kind: ProjectKind;
  /** The configuration with the hosts, used in development. */
  readonly config: Config;
  /** The configuration that hosts build, without the user's own defaults. Undefined unless the project is a buildout. */
  readonly production: Config | undefined;
}

/** Reads both configurations. @throws ConfigError if one is unreadable; HostoutError `bad-option` */
export async function readProject(settings: PackageSettings): Promise<Project> {
  const folder = dirname(settings.config);
  const config = await readConfig(settings.config, { folder, ...settings.readSettings });
  const kind = kindOfProject(folder, settings);
  const [missing] = kind === "application" ? [] : missingBuildouts(folder, settings.buildout);
  if (missing !== undefined) refuseUnbuilt(config, missing, settings);
  if (kind !== "buildout") return { folder, kind, config, production: undefined };
  const [first = "", ...others] = buildoutFiles(settings.buildout);
  const { assignments = [], folder: from = folder } = settings.readSettings ?? {};
  const above = others.map((file) => relative(from, resolve(folder, file)));
  refuseAssignedExtends(assignments);
  const production = await readConfig(resolve(folder, first), {
    folder,
    ...settings.readSettings,
    // A host builds them in the folder of the release, wherever below the folder the files are.
    directory: folder,
    userDefaults: false,
    assignments: [
      ...(above.length > 0 ? [`buildout:extends=${above.join(" ")}`] : []),
      ...assignments,
      ...downloadsOf(config),
    ],
  });
  refuseShared(folder, production);
  return { folder, kind, config, production };
}

/** Refuses a buildout that no host builds: as plain files, the site would lack its programs. */
function refuseUnbuilt(config: Config, missing: string, { buildout, origins }: PackageSettings): void {
  const isOne = buildoutFiles(buildout).length === 1;
  if (isOne && !origins?.buildout && partsWithoutSites(config).parts.length === 0) return;
  throw new HostoutError({
    code: "bad-option",
    message: `buildout = ${missing} does not exist`,
    hint: origins?.buildout
      ? "Name the files that hosts build; they are relative to the folder of the configuration."
      : `Name the file that hosts build in the site, as in: buildout = ${basename(config.file)}`,
    origin: origins?.buildout,
  });
}

/**
 * Refuses builds that write outside of their release. All releases would share the result: a build would change the
 * live release, and no rollback would restore it.
 */
function refuseShared(folder: string, production: Config): void {
  for (const name of [
    "directory",
    "bin-directory",
    "parts-directory",
    "develop-eggs-directory",
    "installed",
  ]) {
    const value = production.option("buildout", name);
    const place = resolve(folder, value?.text ?? "");
    if (place === folder || (name !== "directory" && place.startsWith(`${folder}/`))) continue;
    throw new HostoutError({
      code: "bad-option",
      message: `[buildout] ${name} = ${value?.text} is not in the release: each build would change the live release`,
      hint: "Leave it out, or name a folder below ${buildout:directory}.",
      origin: value?.origin,
    });
  }
}

/**
 * Returns the user's settings for reading addresses, which stay valid. Other defaults of the user must not get into a
 * package.
 */
function downloadsOf(config: Config): readonly string[] {
  return ["extends-cache", "offline", "newest"].flatMap((option) => {
    const text = config.option("buildout", option)?.text ?? "";
    return text === "" ? [] : [`buildout:${option}=${text}`];
  });
}
