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
  /** What the buildout makes, relative to the folder: in it where the project itself is the package. */
  readonly builtPaths: readonly string[];
  /** Where pins are written, relative to the folder: each package would else be another one than the last. */
  readonly pinsPath: string;
  /** By mr.developer, which takes it whatever version of it is pinned. */
  readonly isCheckedOut: boolean;
}

/** What a site says of its development packages. */
export interface NamedPackages {
  readonly versionsFile: string;
  /** Those of the option `packages`. */
  readonly packages: readonly string[];
  /** Of that option. */
  readonly origin: Origin | undefined;
}

/**
 * The folders that `develop` of `[buildout]` names, as buildout reads it: words, patterns too, relative to the buildout; a
 * `setup.py` stands for its folder; those that mr.developer checks out; and those that the site names in `packages`. What `develop` names and is not there is left out with a
 * note, as buildout does it. A word that a file in a subfolder means from there is taken from there.
 *
 * @param configs that with the sites, and that which is built: what only one of them names is no less a package of this project
 * @throws HostoutError `failed` where something was not checked out; `bad-option` for a folder of `packages` that does not exist
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
    warn(`develop names ${word}, which is not there: hosts take the package from elsewhere`);
  }
  await warnOfActivated(project, configs, found, warn);
  return [...found.values()];
}

/** What a word names, from the first of the folders in which it names anything. */
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
    message: `${word} is not there: mr.developer did not check it out`,
    hint: "Run bin/buildout here first; or take it out of auto-checkout.",
  });
}

function wordsOf(config: Config, name: string): readonly string[] {
  return (config.option("buildout", name)?.text ?? "").split(/\s+/).filter((word) => word !== "");
}

/** Where mr.developer has what it checks out. */
function checkouts(config: Config): readonly string[] {
  const wanted = wordsOf(config, "auto-checkout");
  if (wanted.length === 0) return [];
  const isWanted = (name: string) => wanted.includes("*") || wanted.includes(name);
  return [...sourcesOf(config)].flatMap(([name, place]) => (isWanted(name) ? [place] : []));
}

/** Where packages of mr.developer are, if it checks them out: `[sources]` says `NAME = KIND URL`, then options as `path=folder`. */
function sourcesOf(config: Config): ReadonlyMap<string, string> {
  const section = config.option("buildout", "sources")?.text ?? "sources";
  if (!config.sectionNames.includes(section)) return new Map();
  const folder = config.option("buildout", "sources-dir")?.text ?? "src";
  const places = [...config.section(section).options].flatMap(([name, { text }]): [string, string][] => {
    const [_kind, _url, ...more] = text.trim().split(/\s+/);
    // Its first versions took the third word for the path.
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

/** The local build went by what was said to `bin/develop` here, and hosts go by the configuration. */
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
