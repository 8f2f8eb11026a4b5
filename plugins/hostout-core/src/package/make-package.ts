import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeOldArchives, writeArchive } from "./archive.ts";
import { configurationEntries } from "./configuration-entries.ts";
import type { DevRelease } from "./dev-package.ts";
import { distOf, keepDevReleases, makeDevReleases } from "./dev-releases.ts";
import { byPath, type Entry, textEntry } from "./entry.ts";
import { formatManifest, manifestFile } from "./manifest.ts";
import type { PackageTools, Workshop } from "./package-tools.ts";
import { formatPins } from "./pins.ts";
import { type ProjectPins, projectPins } from "./project-pins.ts";
import { readEntries } from "./read-entries.ts";
import { type Project, readProject } from "./read-project.ts";
import { distFolder, formatReleaseConfig, isOffline, releaseConfig } from "./release-config.ts";
import { replaceFile } from "./replace-file.ts";
import { findScm } from "./scm.ts";
import { selectFiles } from "./select-files.ts";

/** What a package is made of. */
export interface PackageSettings {
  /** Absolute path of the configuration; its folder is the project's. */
  readonly config: string;
  /** For messages alone. */
  readonly site: string;
  /** The configuration that is built on hosts, relative to the project. It need not be there. */
  readonly buildout: string;
  /** Lines; with any, it is an application that is not built by buildout. */
  readonly buildCommand: readonly string[];
  /** Files, folders and patterns. Undefined: a buildout has only what it needs, all else the whole project. */
  readonly include: readonly string[] | undefined;
  readonly exclude: readonly string[];
  /** Where versions are pinned, relative to the project. */
  readonly versionsFile: string;
  readonly packageFormat: "sdist" | "egg" | "wheel";
  /** What builds Python packages; else `python3`. */
  readonly python: string | undefined;
  /** What is built on hosts: a change of it is another release. */
  readonly parts: readonly string[];
  readonly sudoParts: readonly string[];
}

/** A development package in a package. */
export interface PackagedDevPackage {
  readonly name: string;
  readonly version: string;
  /** Where the built file is kept, absolute. */
  readonly file: string;
  /** Whether it was built now. */
  readonly isChanged: boolean;
}

/** A package that was made. */
export interface Package {
  /** sha256 of the archive's bytes, hex. */
  readonly hash: string;
  /** `.hostout/packages/deploy-HASH12.tar` of the project, absolute. */
  readonly file: string;
  readonly sizeBytes: number;
  readonly kind: "buildout" | "application" | "files";
  readonly devPackages: readonly PackagedDevPackage[];
  /** How many versions are pinned. */
  readonly pins: number;
  readonly scm:
    | { readonly kind: "git" | "hg"; readonly revision: string; readonly isDirty: boolean }
    | undefined;
}

/**
 * Makes the package of a release: one archive, named by its content. The same content gives the same bytes, whenever and
 * wherever it is made.
 *
 * The lines for the user begin with the release's name, which is known when all is done: they are told then.
 *
 * @throws HostoutError `failed`, `bad-option`, `command-failed`; ConfigError
 */
export async function makePackage(settings: PackageSettings, tools: PackageTools): Promise<Package> {
  const scratch = await mkdtemp(join(tmpdir(), "hostout-package-"));
  const lines: string[] = [];
  try {
    const workshop = { run: tools.run, note: (line: string) => void lines.push(line), scratch };
    const made = await make(settings, workshop, tools.write);
    lines.unshift(`Creating release ${made.hash.slice(0, 12)}`);
    return made;
  } finally {
    for (const line of lines) tools.note(line);
    await rm(scratch, { recursive: true, force: true });
  }
}

async function make(settings: PackageSettings, workshop: Workshop, write: boolean): Promise<Package> {
  const project = await readProject(settings);
  const releases = await makeDevReleases(project, settings, workshop);
  if (write) await keepDevReleases(project.folder, releases);
  const pins = await projectPins(project, releases, workshop);
  const entries = await allEntries(project, settings, { releases, pins }, workshop);
  const packages = join(project.folder, ".hostout", "packages");
  const archive = await writeArchive(entries, packages, { write });
  if (write) {
    await removeOldArchives(packages, archive.file);
    if (pins) await replaceFile(join(project.folder, settings.versionsFile), pinsText(pins), 0o644);
  }
  workshop.note(`Packaged ${entries.length} files into deploy-${archive.hash.slice(0, 12)}.tar`);
  return {
    ...archive,
    kind: project.kind,
    devPackages: releases.map(({ record: { name, version, file }, isChanged }) => ({
      name,
      version,
      file: join(distOf(project.folder), file),
      isChanged,
    })),
    pins: pins?.pins.length ?? 0,
    scm: await scmOf(project, settings, workshop),
  };
}

async function allEntries(
  project: Project,
  settings: PackageSettings,
  { releases, pins }: { readonly releases: readonly DevRelease[]; readonly pins: ProjectPins | undefined },
  workshop: Workshop,
): Promise<readonly Entry[]> {
  const { folder, kind, production } = project;
  const include = settings.include ?? (kind === "buildout" ? [] : undefined);
  const selected = await selectFiles(folder, { include, exclude: settings.exclude }, workshop);
  const layers: (readonly Entry[])[] = [
    await readEntries(folder, selected, { note: workshop.note, linksOut: "refuse" }),
    await Promise.all(releases.map(distEntry)),
  ];
  if (production) layers.push(await configurationEntries(folder, production.files));
  if (production && pins) {
    const release = {
      ...settings,
      section: pins.section,
      isOffline: releases.length > 0 && isOffline(production),
    };
    layers.push([
      textEntry(settings.versionsFile, pinsText(pins)),
      textEntry(releaseConfig, formatReleaseConfig(release)),
    ]);
  }
  const packages = releases.map(({ record: { name, version } }) => ({ name, version }));
  layers.push([textEntry(manifestFile, formatManifest(kind, settings, packages))]);
  // What is generated counts more than a file of the same name.
  return [...new Map(layers.flat().map((entry) => [entry.path, entry])).values()].sort(byPath);
}

async function distEntry({ record, file }: DevRelease): Promise<Entry> {
  const content = { file, sizeBytes: (await stat(file)).size };
  return { path: `${distFolder}/${record.file}`, isExecutable: false, content };
}

function pinsText({ section, pins }: ProjectPins): string {
  return formatPins(section, pins);
}

async function scmOf(
  { folder }: Project,
  { versionsFile }: PackageSettings,
  workshop: Workshop,
): Promise<Package["scm"]> {
  const scm = await findScm(folder, workshop);
  const revision = await scm?.revision();
  if (!scm || revision === undefined) return undefined;
  // Those that packaging writes itself are no edits.
  const isOwn = (path: string) => path === versionsFile || path.startsWith(".hostout/");
  return { kind: scm.kind, revision, isDirty: !(await scm.edits()).every(isOwn) };
}
