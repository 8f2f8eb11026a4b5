import type { Stats } from "node:fs";
import { glob, stat } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { type Config, HostoutError, type Origin } from "@hostout/kit";
import { compareBytes } from "../entries/entry.ts";
import { isPattern } from "../entries/file-pattern.ts";
import { activatedHere } from "../pins/activated.ts";

/** One development package of a project. */
export interface DevFolder {
  /** Absolute. */
  readonly folder: string;
  /** Relative to the project. */
  readonly label: string;
  /** Paths that the buildout makes, relative to the folder. They are inside it if the project itself is the package. */
  readonly builtPaths: readonly string[];
  /** The path of the pins, relative to the folder. If it counted, each package would differ from the last one. */
  readonly pinsPath: string;
  /** Whether mr.developer checks the package out, and uses the checkout whatever version is pinned. */
  readonly isCheckedOut: boolean;
}

/** The development packages that a site names. */
export interface NamedPackages {
  readonly versionsFile: string;
  /** The folders in the option `packages`. */
  readonly packages: readonly string[];
  /** The place of that option. */
  readonly origin: Origin | undefined;
}

/**
 * Returns the folders of all development packages:
 * - the folders of `develop` in `[buildout]`, as buildout reads it: words, patterns too, relative to the buildout, with
 *   a `setup.py` for its folder,
 * - the checkouts of mr.developer,
 * - the folders of the option `packages`.
 * Missing folders of `develop` are left out with a note, as in buildout. A word of a file in a subfolder may be
 * relative to that subfolder.
 *
 * @param configs the configuration with the sites, and the one that hosts build: a package of either belongs to the
 * project
 * @throws HostoutError `failed` for a missing checkout; `bad-option` for a missing folder of `packages`
 */
export async function devFolders(
  project: string,
  configs: readonly Config[],
  { versionsFile, packages, origin }: NamedPackages,
  warn: (line: string) => void,
): Promise<readonly DevFolder[]> {
  const named = new Set([...configs.flatMap((config) => wordsOf(config, "develop")), ...packages]);
  const words = new Set([...named, ...configs.flatMap(checkouts)]);
  const roots = [...new Set([project, ...configs.map(({ file }) => dirname(file))])];
  const found = new Map<string, DevFolder>();
  const madeBy = [...new Set(configs.flatMap((config) => builtBy(project, config)))];
  for (const word of words) {
    const paths = await foundBy(word, roots);
    for (const { path, stats } of paths) {
      const folder = stats.isDirectory() ? path : dirname(path);
      found.set(folder, {
        folder,
        label: relative(project, folder) || ".",
        builtPaths: madeBy.map((path) => relative(folder, path)),
        pinsPath: relative(folder, resolve(project, versionsFile)),
        isCheckedOut: !named.has(word),
      });
    }
    if (paths.length > 0) continue;
    if (packages.includes(word)) throw noPackage(word, origin);
    if (!named.has(word)) throw notCheckedOut(word);
    warn(`develop names ${word}, but that folder does not exist. Hosts take the package from elsewhere`);
  }
  await warnOfActivated(project, configs, found, warn);
  return [...found.values()];
}

/** Finds the matches of a word, in the first folder that has any. */
async function foundBy(
  word: string,
  roots: readonly string[],
): Promise<readonly { readonly path: string; readonly stats: Stats }[]> {
  for (const root of roots) {
    const paths = isPattern(word) ? await matches(word, root) : [resolve(root, word)];
    const found = await Promise.all(
      paths.map(async (path) => {
        const stats = await stat(path).catch(() => undefined);
        return stats ? [{ path, stats }] : [];
      }),
    );
    if (found.flat().length > 0) return found.flat();
  }
  return [];
}

function noPackage(word: string, origin: Origin | undefined): HostoutError {
  return new HostoutError({
    code: "bad-option",
    message: `packages = ${word} does not exist`,
    hint: "Name folders of development packages; they are relative to the folder of the configuration.",
    origin,
  });
}

function notCheckedOut(word: string): HostoutError {
  return new HostoutError({
    code: "failed",
    message: `${word} does not exist: mr.developer did not check it out`,
    hint: "Run bin/buildout here first; or take it out of auto-checkout.",
  });
}

function wordsOf(config: Config, name: string): readonly string[] {
  return (config.option("buildout", name)?.text ?? "").split(/\s+/).filter((word) => word !== "");
}

/** Returns the folders of mr.developer's checkouts. */
function checkouts(config: Config): readonly string[] {
  const wanted = wordsOf(config, "auto-checkout");
  if (wanted.length === 0) return [];
  const isWanted = (name: string) => wanted.includes("*") || wanted.includes(name);
  return [...sourcesOf(config)].flatMap(([name, place]) => (isWanted(name) ? [place] : []));
}

/** Returns the packages of mr.developer with their folders. `[sources]` has `NAME = KIND URL`, then options as `path=folder`. */
function sourcesOf(config: Config): ReadonlyMap<string, string> {
  const section = config.option("buildout", "sources")?.text ?? "sources";
  if (!config.sectionNames.includes(section)) return new Map();
  const folder = config.option("buildout", "sources-dir")?.text ?? "src";
  const places = [...config.section(section).options].flatMap(([name, { text }]): [string, string][] => {
    const [_kind, _url, ...more] = text.trim().split(/\s+/);
    // The first versions of mr.developer took the third word for the path.
    const settings = new Map(
      more
        .map((word) => /^([^=]+)=(.*)$/.exec(word) ?? ["", "path", word])
        .map(([, key, value]) => [key, value]),
    );
    if (/^(?:false|no|off)$/i.test(settings.get("egg") ?? "")) return [];
    const whole = settings.get("full-path") ?? join(settings.get("path") ?? folder, name);
    return [[name, join(whole, settings.get("subpath") ?? "")]];
  });
  return new Map(places);
}

/** Warns that `bin/develop` changed the local build: hosts follow the configuration alone. */
async function warnOfActivated(
  project: string,
  configs: readonly Config[],
  found: ReadonlyMap<string, DevFolder>,
  warn: (line: string) => void,
): Promise<void> {
  const activated = await activatedHere(project);
  if (activated.size === 0) return;
  const sources = new Map(configs.flatMap((config) => [...sourcesOf(config)]));
  for (const [name, isActive] of activated) {
    const place = sources.get(name);
    if (place === undefined || found.has(resolve(project, place)) === isActive) continue;
    warn(
      isActive
        ? `${name} is activated here by bin/develop, and not in auto-checkout: hosts take it from elsewhere`
        : `${name} is deactivated here by bin/develop, but in auto-checkout or develop: hosts get ${place}`,
    );
  }
}

function builtBy(project: string, config: Config): readonly string[] {
  const options = [
    "bin-directory",
    "parts-directory",
    "eggs-directory",
    "develop-eggs-directory",
    "installed",
  ];
  return options.flatMap((name) => {
    const text = config.option("buildout", name)?.text ?? "";
    return text === "" ? [] : [resolve(project, text)];
  });
}

async function matches(pattern: string, project: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const path of glob(pattern, { cwd: project })) found.push(resolve(project, path));
  return found.sort(compareBytes);
}
