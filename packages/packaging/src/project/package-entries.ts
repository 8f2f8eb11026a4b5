import { stat } from "node:fs/promises";
import { join, normalize, relative } from "node:path";
import { formatOrigin, HostoutError, partsWithoutSites } from "@hostout/kit";
import type { Workshop } from "@hostout/scm";
import type { DevRelease } from "../dev/dev-package.ts";
import { byPath, type Entry, fileContent, textEntry } from "../entries/entry.ts";
import { warnOfLfsPointers } from "../entries/lfs-pointers.ts";
import { warnOfLooseLinks } from "../entries/loose-links.ts";
import { readEntries } from "../entries/read-entries.ts";
import { warnOfSecretFiles } from "../entries/secret-files.ts";
import { selectFiles } from "../entries/select-files.ts";
import type { PackageSettings } from "../package.ts";
import { formatPins } from "../pins/pins.ts";
import type { ProjectPins } from "../pins/project-pins.ts";
import { assignedFor, secretsAssigned } from "./assigned.ts";
import { closeSecrets } from "./close-secrets.ts";
import { configurationEntries } from "./configuration-entries.ts";
import { formatManifest, manifestFile } from "./manifest.ts";
import { leftOut, type OwnSecret, ownSecrets, refuseNeeded } from "./own-secrets.ts";
import type { Project } from "./read-project.ts";
import {
  distFolder,
  extensionsOfHosts,
  formatReleaseConfig,
  isOffline,
  releaseConfig,
} from "./release-config.ts";
import { secretsIn, secretsOf } from "./secrets-of.ts";
import { withoutSecrets } from "./without-secrets.ts";

/** Returns all entries of a package, sorted. @throws HostoutError `failed` for a file that cannot be packaged */
export async function packageEntries(
  project: Project,
  settings: PackageSettings,
  { releases, pins }: { readonly releases: readonly DevRelease[]; readonly pins: ProjectPins | undefined },
  workshop: Workshop,
): Promise<readonly Entry[]> {
  const { folder, kind, production } = project;
  const include = settings.include ?? (kind === "buildout" ? [] : undefined);
  const { exclude, origins } = settings;
  const all = await selectFiles(folder, { include, exclude, origins }, workshop);
  // A build may need its configuration. A site of plain files needs none, and must not publish its own, perhaps with
  // passwords.
  const isAllServed = kind === "files" && include === undefined;
  const deployment = new Set(isAllServed ? project.config.files.map((file) => relative(folder, file)) : []);
  const selected = all.filter((path) => !deployment.has(path));
  if (kind === "files" && selected.every((path) => path.endsWith("/"))) throw nothingServed(settings);
  const isBuildout = kind === "buildout";
  const secrets = [project.config, ...(production ? [production] : [])].flatMap((config) =>
    ownSecrets(config, { site: settings.site, isBuildout }),
  );
  if (production) refuseNeeded(production, secrets, settings.site);
  warnOfSecrets(project, { settings, selected, secrets }, workshop.warn);
  const read = await readEntries(folder, selected, { warn: workshop.warn, linksOut: "refuse" });
  const files = await withoutSecrets(folder, read, secrets, workshop);
  await refuseVar(folder, files);
  for (const line of [...(await warnOfSecretFiles(files)), ...(await warnOfLfsPointers(files))])
    workshop.warn(line);
  // A build may still make the targets of links.
  const isFinal = ({ path }: Entry) =>
    kind === "files" || include?.some((word) => normalize(`${word}/`) === `${path}/`);
  for (const line of await warnOfLooseLinks(folder, files, isFinal)) workshop.warn(line);
  const layers: (readonly Entry[])[] = [files, await Promise.all(releases.map(distEntry))];
  const configurations = production ? await configurationEntries(folder, production, secrets) : [];
  layers.push(configurations);
  if (production && pins) {
    const assigned = assignedFor({ config: project.config, production, site: settings.site }, pins);
    for (const place of secretsAssigned(assigned))
      workshop.warn(`${place} is a secret, and goes to the hosts, for the owner of the site alone`);
    const { parts, hasSites } = partsWithoutSites(production);
    const release = {
      ...settings,
      section: pins.section,
      checksOut: production.option("buildout", "auto-checkout") !== undefined,
      extensions: extensionsOfHosts(production),
      parts: hasSites ? parts : undefined,
      isOffline: releases.length > 0 && isOffline(production),
      assigned,
    };
    layers.push([
      textEntry(settings.versionsFile, formatPins(pins)),
      textEntry(releaseConfig, formatReleaseConfig(release)),
    ]);
  }
  const packages = releases.map(({ record: { name, version } }) => ({ name, version }));
  layers.push([
    textEntry(
      manifestFile,
      formatManifest(
        kind,
        { ...settings, buildCommand: masked(settings.buildCommand, project.config) },
        packages,
      ),
    ),
  ]);
  // A generated file precedes a file of the same name.
  const made = [...new Map(layers.flat().map((entry) => [entry.path, entry])).values()].sort(byPath);
  const own = [...project.config.files, ...(production?.files ?? [])].map((file) => relative(folder, file));
  return closeSecrets(made, new Set([...own, ...configurations.map(({ path }) => path), releaseConfig]));
}

/** Warns about secrets in packaged configuration files, and in the commands that build the release. */
function warnOfSecrets(
  { folder, config, production }: Project,
  {
    settings: { buildCommand },
    selected,
    secrets,
  }: {
    readonly settings: PackageSettings;
    readonly selected: readonly string[];
    readonly secrets: readonly OwnSecret[];
  },
  warn: (text: string) => void,
): void {
  const packaged = new Set([...selected.map((path) => join(folder, path)), ...(production?.files ?? [])]);
  const own = new Set(secrets.map(({ origin }) => formatOrigin(origin)));
  for (const line of new Set(secrets.filter(({ origin }) => packaged.has(origin.file)).map(leftOut)))
    warn(line);
  const places = [...(production ? [production] : []), config].flatMap((one) =>
    secretsOf(one, (origin) => packaged.has(origin.file) && !own.has(formatOrigin(origin))),
  );
  for (const place of new Set(places))
    warn(`${place} is a secret, and goes to the hosts, for the owner of the site alone`);
  for (const name of new Set(secretsIn(buildCommand, config).map((one) => one.name)))
    warn(
      `${name} in build-command is a secret: everybody on a host may see it while the line runs; name a file of the host there`,
    );
}

/** Masks secrets in build lines, which everybody on a host may read. */
function masked(lines: readonly string[], config: Project["config"]): readonly string[] {
  const secrets = secretsIn(lines, config);
  return lines.map((line) => secrets.reduce((text, secret) => text.replaceAll(secret.text, "***"), line));
}

/** The error for a package without files: its release would replace one with all of them. */
function nothingServed({ site, origins }: PackageSettings): HostoutError {
  return new HostoutError({
    code: "bad-option",
    message: `the package of ${site} would have no files`,
    hint: "Look at include and exclude; is the site built first?",
    origin: origins?.include ?? origins?.exclude,
  });
}

/**
 * Refuses a `var` that is not a folder. In a release `var` is a link to the site's data, to which a folder of the
 * package adds.
 */
async function refuseVar(folder: string, files: readonly Entry[]): Promise<void> {
  const name = "var";
  if (!files.some(({ path }) => path === name)) return;
  if ((await stat(join(folder, name)).catch(() => undefined))?.isDirectory()) return;
  throw new HostoutError({
    code: "failed",
    message: `${join(folder, name)} is not a folder, and in a release ${name} leads to the data of the site`,
    hint: "Call it something else, or leave it out with 'exclude = /var'.",
  });
}

async function distEntry({ record, file }: DevRelease): Promise<Entry> {
  const content = fileContent(file, await stat(file));
  return { path: `${distFolder}/${record.file}`, isExecutable: false, content };
}
