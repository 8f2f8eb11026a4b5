import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { buildoutFiles, HostoutError, type Origin } from "@hostout/kit";
import { findWorkingCopy, type Workshop } from "@hostout/scm";
import { removeOldArchives, writeArchive } from "./archive/archive.ts";
import type { DevRelease } from "./dev/dev-package.ts";
import { distOf, keepDevReleases, makeDevReleases } from "./dev/dev-releases.ts";
import type { Package, PackageSettings } from "./package.ts";
import type { PackageTools } from "./package-tools.ts";
import { formatPins } from "./pins/pins.ts";
import { projectPins } from "./pins/project-pins.ts";
import { readVersionsFile } from "./pins/versions-file.ts";
import { packageEntries } from "./project/package-entries.ts";
import { type Project, readProject } from "./project/read-project.ts";
import { replaceFile } from "./replace-file.ts";

export type { Package, PackageSettings } from "./package.ts";

/**
 * Makes the package of a release: one archive, named by the hash of its content. The same content gives the same bytes
 * at any time and place.
 *
 * The lines for the user begin with the release's name, which is known only at the end. So the function prints them
 * then.
 *
 * @throws HostoutError `failed`, `bad-option`, `command-failed`; ConfigError
 */
export async function makePackage(settings: PackageSettings, tools: PackageTools): Promise<Package> {
  const scratch = await mkdtemp(join(tmpdir(), "hostout-package-"));
  const lines: (readonly ["note" | "warn", string])[] = [];
  try {
    const keep = (how: "note" | "warn") => (line: string) => void lines.push([how, line]);
    const workshop = { run: tools.run, note: keep("note"), warn: keep("warn"), scratch };
    const made = await make(withinProject(settings), workshop, tools.write);
    lines.unshift(["note", `Creating release ${made.hash.slice(0, 12)}`]);
    return made;
  } finally {
    for (const [how, line] of lines) tools[how](line);
    await rm(scratch, { recursive: true, force: true });
  }
}

/**
 * Converts the project's files to relative names, which are right on hosts too: `${buildout:directory}` is another
 * folder there.
 */
function withinProject(settings: PackageSettings): PackageSettings {
  const folder = dirname(settings.config);
  const inner = (option: "buildout" | "versions-file", file: string, origin: Origin | undefined) => {
    const path = relative(folder, resolve(folder, file));
    if (path !== "" && !path.startsWith("..")) return path;
    throw new HostoutError({
      code: "bad-option",
      message: `${option} = ${file} is not in the project's folder, ${folder}`,
      hint:
        option === "buildout"
          ? "Name a file of the project, which may extend the other."
          : "Packaged files lie beside the configuration, or below.",
      origin,
    });
  };
  const { buildout, versionsFile, origins } = settings;
  return {
    ...settings,
    buildout: buildoutFiles(buildout)
      .map((file) => inner("buildout", file, origins?.buildout))
      .join(" "),
    versionsFile: inner("versions-file", versionsFile, origins?.versionsFile),
  };
}

async function make(settings: PackageSettings, workshop: Workshop, write: boolean): Promise<Package> {
  const project = await readProject(settings);
  const kept = await readVersionsFile(project, settings);
  const releases = await makeDevReleases(project, settings, workshop);
  if (write) await keepDevReleases(project.folder, releases);
  const pins = await projectPins(project, { releases, kept }, settings, workshop);
  const entries = await packageEntries(project, settings, { releases, pins }, workshop);
  const packages = join(project.folder, ".hostout", "packages");
  const archive = await writeArchive(entries, packages, { write });
  if (write) {
    await removeOldArchives(packages, archive.file);
    if (pins) await replaceFile(join(project.folder, settings.versionsFile), formatPins(pins), 0o644);
  }
  workshop.note(`Packaged ${entries.length} files into deploy-${archive.hash.slice(0, 12)}.tar`);
  return {
    ...archive,
    files: entries.length,
    kind: project.kind,
    devPackages: releases.map(({ record: { name, version, file }, isChanged }) => ({
      name,
      version,
      file: join(distOf(project.folder), file),
      isChanged,
    })),
    pins: pins?.pins.length ?? 0,
    scm: await scmOf(project, releases, settings, workshop),
  };
}

async function scmOf(
  { folder }: Project,
  releases: readonly DevRelease[],
  { versionsFile }: PackageSettings,
  workshop: Workshop,
): Promise<Package["scm"]> {
  const scm = await findWorkingCopy(folder, workshop);
  const revision = await scm?.revision();
  if (!scm || revision === undefined) return undefined;
  // Files that packaging itself writes are not edits.
  const isOwn = (path: string) => path === versionsFile || path.startsWith(".hostout/");
  const isDirty = releases.some(({ isEdited }) => isEdited) || !(await scm.edits()).every(isOwn);
  return { kind: scm.kind, revision, isDirty };
}
