import { existsSync, readFileSync } from "node:fs";
import { createRequire, findPackageJSON } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { HostoutError, type Origin, type Plugin } from "@hostout/kit";

/** A plugin and where it was found. */
export interface LoadedPlugin {
  readonly plugin: Plugin;
  readonly version: string;
  /** Folder of its package. */
  readonly folder: string;
  readonly bundled: boolean;
}

const bundled: ReadonlySet<string> = new Set(["hostout-core", "hostout-pushdeploy"]);

/** `hostout.pushdeploy` is the old name of `hostout-pushdeploy`. */
export function packageName(word: string): string {
  return word.replace(/^hostout\./, "hostout-");
}

/** Loads plugins by name, each once: first as the project of the configuration file sees them, then those of hostout. */
export function makePluginLoader(
  configFile: string,
): (word: string, site: string, origin: Origin) => Promise<LoadedPlugin> {
  const loaded = new Map<string, Promise<LoadedPlugin>>();
  return (word, site, origin) => {
    const name = packageName(word);
    const known = loaded.get(name) ?? load(name, configFile, site, origin);
    loaded.set(name, known);
    return known;
  };
}

async function load(name: string, configFile: string, site: string, origin: Origin): Promise<LoadedPlugin> {
  const own = findPackage(name, configFile);
  const manifest = own ?? (bundled.has(name) ? findPackage(name, import.meta.filename) : undefined);
  if (!manifest) {
    throw new HostoutError({
      code: "plugin-missing",
      message: `[${site}] wants the plugin '${name}', which is not installed`,
      hint: `Install it beside the configuration: npm install --save-dev ${name}`,
      origin,
    });
  }
  const { version, peerDependencies = {} } = JSON.parse(readFileSync(manifest, "utf8"));
  if (own) await checkKit(name, version, peerDependencies["@hostout/kit"], site, origin);
  const module = await importPlugin(name, own ? configFile : import.meta.filename, site, origin);
  return { plugin: module, version, folder: dirname(manifest), bundled: !own };
}

function findPackage(name: string, from: string): string | undefined {
  if (!/^(@[\w.-]+\/)?[\w.-]+$/.test(name)) return undefined;
  try {
    const found = findPackageJSON(name, pathToFileURL(from));
    if (found && existsSync(found)) return found;
  } catch {
    // Not there as a dependency: a workspace may still have it.
  }
  return undefined;
}

async function importPlugin(name: string, from: string, site: string, origin: Origin): Promise<Plugin> {
  const broken = (why: string, cause?: unknown) =>
    new HostoutError({
      code: "plugin-broken",
      message: `[${site}] the plugin '${name}' ${why}`,
      hint: "Tell its author.",
      origin,
      cause,
    });
  let plugin: Plugin | undefined;
  try {
    const entry = createRequire(from).resolve(name);
    plugin = (await import(pathToFileURL(entry).href)).plugin;
  } catch (cause) {
    throw broken(`cannot be loaded: ${(cause as Error).message}`, cause);
  }
  if (typeof plugin?.name !== "string" || typeof plugin.commands !== "object")
    throw broken("exports no 'plugin'");
  return plugin;
}

async function checkKit(
  name: string,
  version: string,
  wanted: string | undefined,
  site: string,
  origin: Origin,
): Promise<void> {
  if (wanted === undefined || wanted.startsWith("workspace:")) return;
  const { default: semver } = await import("semver");
  const manifest = JSON.parse(readFileSync(join(import.meta.dirname, "..", "package.json"), "utf8"));
  if (semver.satisfies(manifest.version, wanted, { includePrerelease: true })) return;
  throw new HostoutError({
    code: "plugin-broken",
    message: `[${site}] the plugin '${name}' ${version} is for @hostout/kit ${wanted}; this is ${manifest.version}`,
    hint: `Install a version of it for this hostout: npm install --save-dev ${name}@latest`,
    origin,
  });
}
