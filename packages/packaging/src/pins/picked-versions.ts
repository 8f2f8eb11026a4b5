import { readdir, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { Config } from "@hostout/kit";
import { readText } from "../replace-file.ts";
import { installedTexts } from "./installed-texts.ts";
import type { Pin } from "./pins.ts";

/** No script of buildout is larger. */
const mostScriptBytes = 256 * 1024;

const eggForm = /^(.+?)-([^-]+)-py\d[^/]*\.egg$/;

/**
 * Returns the versions that the local build picked. Undefined without a build. The versions come from:
 * - the eggs in its scripts (`bin/*`),
 * - the eggs in the files of its parts,
 * - the eggs of its recipes (`.installed.cfg`).
 */
export async function pickedVersions(folder: string, config: Config): Promise<readonly Pin[] | undefined> {
  const option = (name: string, otherwise: string) =>
    resolve(folder, config.option("buildout", name)?.text || otherwise);
  const installed = await readText(option("installed", ".installed.cfg"));
  const paths = [
    ...(installed === undefined ? [] : recipesIn(installed)),
    ...(installed === undefined ? [] : await eggsOfParts(folder, installed)),
    ...(await eggsOfScripts(option("bin-directory", "bin"))),
  ];
  if (installed === undefined && paths.length === 0) return undefined;
  const pins = new Map<string, Pin>();
  for (const path of new Set(paths)) {
    const pin = await pinOf(path, folder);
    if (pin) pins.set(`${pin.name} ${pin.version}`, pin);
  }
  return [...pins.values()];
}

/** Returns the eggs in the signatures of parts. Development eggs appear there with a hash, which is not a version. */
export function recipesIn(installed: string): readonly string[] {
  const signatures = installed.match(/^__buildout_signature__\s*=.*(?:\n[ \t].*)*/gm) ?? [];
  return signatures.flatMap((text) => text.split(/\s+/)).filter((word) => eggForm.test(word));
}

/** Returns the eggs in the `sys.path` of a script. */
export function eggsIn(script: string): readonly string[] {
  if (!script.startsWith("#!") || !script.includes("sys.path")) return [];
  return [...script.matchAll(/(["'])([^"'\n]+\.egg)\1/g)].map(([, , path]) => path!);
}

async function eggsOfScripts(bin: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of (await readdir(bin).catch(() => [])).sort()) {
    const stats = await stat(join(bin, name)).catch(() => undefined);
    if (!stats?.isFile() || stats.size > mostScriptBytes) continue;
    found.push(...eggsIn((await readText(join(bin, name))) ?? ""));
  }
  return found;
}

/** Returns words of a text that may name eggs: each quoted text, and each word. */
export function eggsNamed(text: string): readonly string[] {
  const quoted = text.match(/(?<=")[^"\n]+\.egg(?=")|(?<=')[^'\n]+\.egg(?=')/g) ?? [];
  const words = text.match(/(?<![^\s"':;,=()])[^\s"':;,=()]+\.egg(?![\w.-])/g) ?? [];
  return [...new Set([...quoted, ...words])];
}

/** Returns the eggs that exist: a text may name others too, as an example. */
async function eggsOfParts(folder: string, installed: string): Promise<readonly string[]> {
  const named = new Set<string>();
  for await (const text of installedTexts(folder, installed))
    for (const egg of eggsNamed(text)) named.add(egg);
  const found: string[] = [];
  for (const path of named) if (await isThere(resolve(folder, path))) found.push(path);
  return found;
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Reads a pin from the egg's metadata, else from its name. */
async function pinOf(path: string, folder: string): Promise<Pin | undefined> {
  const [, name, version] = eggForm.exec(basename(path)) ?? [];
  if (name === undefined || version === undefined) return undefined;
  const egg = resolve(folder, path);
  const about = await metadataOf(egg).catch(() => undefined);
  const said = (key: string) => new RegExp(`^${key}: *(\\S+)`, "m").exec(about ?? "")?.[1];
  return {
    name: (said("Name") ?? name.replaceAll("_", "-")).toLowerCase(),
    version: said("Version") ?? version.replaceAll("_", "-"),
  };
}

/** Reads the metadata of both forms of an unpacked egg. Undefined for an egg that is a zip. */
async function metadataOf(egg: string): Promise<string | undefined> {
  const info = (await readdir(egg)).find((name) => name.endsWith(".dist-info"));
  return readText(info === undefined ? join(egg, "EGG-INFO", "PKG-INFO") : join(egg, info, "METADATA"));
}
