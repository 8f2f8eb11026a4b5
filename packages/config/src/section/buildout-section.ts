import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import { ConfigError } from "../config-error.ts";
import { isUrl } from "../text/include.ts";
import { MergedOption, type MergedSection } from "../text/merge.ts";
import type { Sources } from "../text/sources.ts";

/**
 * Buildout's own defaults (zc.buildout 6, without `executable` and `directory`, which depend on the machine).
 */
const defaults: Readonly<Record<string, string>> = {
  "allow-hosts": "*",
  "allow-picked-versions": "true",
  "allow-unknown-extras": "false",
  "bin-directory": "bin",
  "develop-eggs-directory": "develop-eggs",
  "eggs-directory": "eggs",
  "eggs-directory-version": "v5",
  "find-links": "",
  "install-from-cache": "false",
  installed: ".installed.cfg",
  "log-format": "",
  "log-level": "INFO",
  newest: "true",
  offline: "false",
  "parts-directory": "parts",
  "prefer-final": "true",
  python: "buildout",
  "show-picked-versions": "false",
  "socket-timeout": "",
  "update-versions-file": "",
  "use-dependency-links": "true",
  versions: "versions",
};

/** The name of buildout's defaults in origins, in place of a file. */
export const builtIn = "buildout's default";

const switches = [
  "allow-picked-versions",
  "allow-unknown-extras",
  "install-from-cache",
  "newest",
  "offline",
  "prefer-final",
  "show-picked-versions",
  "use-dependency-links",
];
const besideTheirFile = ["download-cache", "eggs-directory", "extends-cache"];
const belowDirectory = ["bin-directory", "parts-directory", "eggs-directory", "develop-eggs-directory"];

/** The settings that `[buildout]` depends on, beside the files. */
export interface BuildoutSettings {
  /** Path or URL. */
  readonly root: string;
  /** Folder of the process. */
  readonly folder: string;
  /** The value of `directory`, if no file sets it. See `ReadSettings`. */
  readonly directory: string | undefined;
  readonly home: string | undefined;
  readonly sources: Sources;
}

/**
 * Completes `[buildout]` with buildout's own defaults, and makes its folders absolute.
 *
 * @throws ConfigError `missing-directory`, `ambiguous-directory`, `bad-boolean`
 */
export function completeBuildout(section: MergedSection, settings: BuildoutSettings): MergedSection {
  const result: MergedSection = new Map();
  const set = (name: string, text: string) =>
    result.set(
      name,
      new MergedOption({ operator: "=", text, origin: { file: builtIn, line: 0 }, section: "buildout" }),
    );
  for (const [name, text] of Object.entries(defaults)) set(name, text);
  set("executable", "/usr/bin/python3");
  if (settings.directory !== undefined) set("directory", settings.directory);
  else if (!isUrl(settings.root)) set("directory", dirname(settings.root));
  for (const [name, option] of section) result.set(name, option);
  for (const name of besideTheirFile) rewrite(result, name, (option) => besideFile(name, option, settings));
  const directory = result.get("directory");
  if (!directory) {
    throw new ConfigError({
      kind: "missing-directory",
      message: `${settings.root} is not a file of this machine, and [buildout] has no directory`,
      hint: "Give the folder of the project: buildout:directory=/srv/project",
    });
  }
  for (const name of belowDirectory) rewrite(result, name, ({ text }) => below(directory.text, text));
  for (const name of switches) checkSwitch(name, result.get(name)!, settings.sources);
  return result;
}

function rewrite(section: MergedSection, name: string, change: (option: MergedOption) => string): void {
  const option = section.get(name);
  if (!option) return;
  const text = change(option);
  if (text !== option.text) section.set(name, option.withText(text));
}

/** Joins paths as buildout does, without normalising. Keeps a path with a reference, and an absolute path. */
function below(directory: string, text: string): string {
  if (text.includes("${") || isAbsolute(text)) return text;
  return directory.endsWith("/") ? `${directory}${text}` : `${directory}/${text}`;
}

function besideFile(name: string, { text, step }: MergedOption, settings: BuildoutSettings): string {
  const { file } = step.origin;
  if (text === "" || text.includes("${") || file === builtIn) return text;
  const path = expandHome(text, settings.home);
  if (isAbsolute(path)) return path;
  if (isUrl(file)) {
    throw new ConfigError({
      kind: "ambiguous-directory",
      message: `${name} = ${text} is not absolute, and stands in a file from elsewhere`,
      place: settings.sources.find(step.origin, text),
      hint: "Give an absolute path, or set it in a file of this machine.",
    });
  }
  return join(isAbsolute(file) ? dirname(file) : settings.folder, path);
}

/** Expands `~` and `~/…` at the start of a path. */
export function expandHome(path: string, home: string | undefined): string {
  return /^~(?=\/|$)/.test(path) ? join(home || homedir(), path.slice(1)) : path;
}

function checkSwitch(name: string, option: MergedOption, sources: Sources): void {
  const { text, step } = option;
  if (text === "true" || text === "false" || text.includes("${")) return;
  throw new ConfigError({
    kind: "bad-boolean",
    message: `${name} is '${text}'`,
    place: step.origin.line > 0 ? sources.find(step.origin, step.text) : step.origin,
    hint: "Write true or false.",
  });
}
