import { existsSync, readFileSync, realpathSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { HostoutError, nearMiss, type Origin, type Plugin } from "@hostout/kit";
import { bundledPlugins } from "./bundled-plugins.ts";
import { insteadOfPlugin } from "./old-plugins.ts";
import { type Manifest, packageEntry } from "./package-entry.ts";
import { addWords, findPackageManager } from "./package-manager.ts";
import { packageName } from "./package-name.ts";

/** The place that names a plugin, for errors. */
interface Wanted {
  readonly name: string;
  /** The name as typed. */
  readonly word: string;
  readonly site: string;
  readonly origin: Origin;
}

/** A plugin with the place of its package. */
export interface LoadedPlugin {
  readonly plugin: Plugin;
  readonly version: string;
  /** The folder of its package. */
  readonly folder: string;
  readonly bundled: boolean;
  /** The imported file. */
  readonly file: string;
  /** Whether it is a file of the project itself, named by the option `tasks`. */
  readonly isTaskFile?: boolean | undefined;
}

/**
 * Returns a loader that loads each plugin once, by name. The loader searches the project of the configuration
 * file first, then hostout itself.
 */
export function makePluginLoader(
  configFile: string,
): (word: string, site: string, origin: Origin) => Promise<LoadedPlugin> {
  const loaded = new Map<string, Promise<LoadedPlugin>>();
  return (word, site, origin) => {
    const name = packageName(word);
    const known = loaded.get(name) ?? load({ name, word, site, origin }, configFile);
    loaded.set(name, known);
    return known;
  };
}

async function load(wanted: Wanted, configFile: string): Promise<LoadedPlugin> {
  const { name } = wanted;
  const own = findPackage(name, configFile);
  const importBundled = bundledPlugins.get(name);
  const bundled = importBundled && findPackage(name, import.meta.filename);
  const file = own ?? bundled;
  if (!file) throw missing(wanted, configFile);
  // A project that hostout is installed in has the bundled plugins at their place in its node_modules.
  const isBundled = bundled !== undefined && (!own || realpathSync(own) === realpathSync(bundled));
  let manifest: Manifest;
  try {
    manifest = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw broken(wanted, `has a package.json that cannot be read: ${(cause as Error).message}`, cause);
  }
  const folder = dirname(file);
  if (!isBundled) await checkKit(wanted, manifest);
  const entry = packageEntry(folder, manifest);
  const load = importBundled && isBundled ? importBundled : () => import(pathToFileURL(entry).href);
  return {
    plugin: await importPlugin(wanted, entry, load),
    version: manifest.version ?? "",
    folder,
    bundled: !own,
    file: entry,
  };
}

function findPackage(name: string, from: string): string | undefined {
  if (!/^(@[\w.-]+\/)?[\w.-]+$/.test(name)) return undefined;
  try {
    const found = findPackageJSON(name, pathToFileURL(from));
    return found && existsSync(found) ? found : undefined;
  } catch {
    // Node reports a missing package with this error.
    return undefined;
  }
}

async function importPlugin(
  wanted: Wanted,
  entry: string,
  load: () => Promise<{ readonly plugin?: Plugin }>,
): Promise<Plugin> {
  let plugin: Plugin | undefined;
  try {
    plugin = (await load()).plugin;
  } catch (cause) {
    const why = typeof cause === "object" && cause !== null && "message" in cause ? cause.message : cause;
    throw broken(wanted, `cannot be loaded: ${why} (${entry})`, cause);
  }
  if (typeof plugin?.name !== "string" || typeof plugin.commands !== "object" || plugin.commands === null)
    throw broken(wanted, `exports no 'plugin' (${entry})`);
  return plugin;
}

async function checkKit(wanted: Wanted, { version, peerDependencies }: Manifest): Promise<void> {
  const range = peerDependencies?.["@hostout/kit"];
  if (range === undefined || range.startsWith("workspace:")) return;
  const { default: satisfies } = await import("semver/functions/satisfies.js");
  const kit: Manifest = JSON.parse(readFileSync(findPackage("@hostout/kit", import.meta.filename)!, "utf8"));
  if (satisfies(kit.version ?? "", range, { includePrerelease: true })) return;
  const { name, site, origin } = wanted;
  throw new HostoutError({
    code: "plugin-broken",
    message: `[${site}] the plugin '${name}' ${version} is for @hostout/kit ${range}; this is ${kit.version}`,
    hint: `Install a version of it for this hostout: npm install --save-dev ${name}@latest`,
    origin,
  });
}

function missing({ name, word, site, origin }: Wanted, configFile: string): HostoutError {
  const fault = (message: string, hint: string) =>
    new HostoutError({ code: "plugin-missing", message: `[${site}] ${message}`, hint, origin });
  if (/^(?:\.{0,2}\/|~)|\.[cm]?[jt]s$/.test(word))
    return fault(`'${word}' is a file, and plugins are packages`, `Write: tasks = ${word}`);
  const message = `wants the plugin '${name}', which is not installed`;
  const instead = insteadOfPlugin(word);
  if (instead !== undefined) return fault(`'${word}' is a plugin of collective.hostout, in Python`, instead);
  const near = nearMiss(name, [...bundledPlugins.keys()]);
  if (near !== undefined) return fault(message, `Did you mean '${near}'?`);
  // No known owner has a package of that name, and typosquatters wait for such names.
  if (word !== name)
    return fault(
      message,
      "A plugin of collective.hostout, in Python, does not run here: write its commands as a task file: tasks = ./tasks.ts",
    );
  const install = addWords(findPackageManager(dirname(configFile)), name).join(" ");
  return fault(
    message,
    `Do you know and trust a package of that name? Then install it beside the configuration: ${install}`,
  );
}

function broken({ name, site, origin }: Wanted, why: string, cause?: unknown): HostoutError {
  return new HostoutError({
    code: "plugin-broken",
    message: `[${site}] the plugin '${name}' ${why}`,
    hint: "Install it again, or report the fault to its author.",
    origin,
    cause,
  });
}
