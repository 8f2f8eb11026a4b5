import { dirname, join, resolve } from "node:path";
import type { Config, Download, Note } from "../config.ts";
import { ConfigError } from "../config-error.ts";
import { thisPython } from "../python/python-facts.ts";
import { completeBuildout, expandHome } from "../section/buildout-section.ts";
import { Resolver } from "../section/resolve.ts";
import { formatOrigin, type Origin } from "../section/value.ts";
import { type Include, isUrl, resolveName, shownUrl } from "../text/include.ts";
import { type MergedSection, mergeLayer } from "../text/merge.ts";
import { Sources } from "../text/sources.ts";
import { wordsOf } from "../text/white-space.ts";
import { type Assignment, assignmentLayer, commandLine, readAssignment } from "./assignment.ts";
import { type DownloadSettings, download } from "./download.ts";
import type { RawFile, RawOption } from "./parse-file.ts";
import { LayerReader } from "./read-layers.ts";

export interface ReadSettings {
  /**
   * `section:option=value`, as on buildout's command line. The assignments form one more layer above all
   * files.
   */
  readonly assignments?: readonly string[];
  /**
   * Environment variables: HOME, BUILDOUT_HOME, HOSTOUT_PYTHON (the Python version for conditions), and those
   * that conditions read.
   */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** The folder to which relative names of the command line are relative. */
  readonly folder?: string;
  /** The value of `directory` in `[buildout]`, if no file sets it. Default: the folder of the file. */
  readonly directory?: string;
  /**
   * Whether to omit unreadable addresses in `extends`, for output that is useful nevertheless. Default false.
   */
  readonly withoutDead?: boolean;
  /** Whether the user's `default.cfg` is the layer below the file. Default true, as in buildout. */
  readonly userDefaults?: boolean;
}

/** Reads a configuration file and all files that it extends. @param file path or URL @throws ConfigError */
export async function readConfig(file: string, settings: ReadSettings = {}): Promise<Config> {
  const environment = settings.environment ?? process.env;
  const folder = settings.folder ?? process.cwd();
  const assignments = (settings.assignments ?? []).map(readAssignment);
  const root = isUrl(file) ? file : resolve(folder, file);
  const sources = new Sources();
  const notes: Note[] = [];
  const pinned: string[] = [];
  const downloaded = new Map<string, Download>();
  const note = (message: string, origin?: Origin) => notes.push({ message, origin });
  const dead: ConfigError[] = [];
  let downloads: DownloadSettings = { ...online, note };
  const reader = new LayerReader({
    sources,
    python: thisPython(environment),
    download: async (url) => {
      if (url.includes("#sha256=")) pinned.push(shownUrl(url));
      const text = await download(url, downloads);
      downloaded.set(url, { file: shownUrl(url), text });
      return text;
    },
    note,
    isLeftOut: (error) => settings.withoutDead === true && dead.push(error) > 0,
  });
  const include = (name: string): Include => ({ file: name, written: name, by: undefined });
  const rootFile = await reader.parse(include(root));
  const userFile = settings.userDefaults === false ? undefined : userDefaults(environment);
  const userRaw = userFile === undefined ? undefined : await optional(() => reader.parse(include(userFile)));
  downloads = downloadSettings([userRaw, rootFile], assignments, {
    folder,
    home: environment.HOME,
    note,
    sources,
  });
  const own = await reader.layersOf(include(root));
  const isBuildout = dead.length > 0 || own.some(({ sections }) => (sections.get("buildout")?.size ?? 0) > 0);
  const layers = [...(userRaw ? await reader.layersOf(include(userRaw.file)) : []), ...own];
  for (const { section, option, operator, text } of assignments)
    if (section === "buildout" && option === "extends" && operator === "=")
      for (const name of wordsOf(text))
        layers.push(...(await reader.layersOf(include(resolveName(name, join(folder, "-"))))));
  layers.push(
    assignmentLayer(
      assignments.filter(({ section, option }) => section !== "buildout" || option !== "extends"),
    ),
  );
  return makeConfig(root, layers, {
    sources,
    folder,
    directory: settings.directory,
    home: environment.HOME,
    notes,
    pinned,
    downloads: downloaded,
    isBuildout,
    dead,
  });
}

interface Reading {
  readonly sources: Sources;
  readonly folder: string;
  readonly directory: string | undefined;
  readonly home: string | undefined;
  readonly notes: readonly Note[];
  readonly pinned: readonly string[];
  readonly downloads: Config["downloads"];
  readonly isBuildout: boolean;
  readonly dead: readonly ConfigError[];
}

function makeConfig(
  root: string,
  layers: readonly RawFile[],
  { sources, folder, directory, home, notes, pinned, downloads, isBuildout, dead }: Reading,
): Config {
  const sections = new Map<string, MergedSection>();
  const headers = new Map<string, Origin>();
  for (const layer of layers) {
    mergeLayer(sections, layer);
    for (const [name, line] of layer.headers)
      if (!headers.has(name)) headers.set(name, { file: layer.file, line });
  }
  const own = sections.get("buildout") ?? new Map();
  const settings = { root, folder, directory, home, sources };
  const buildout = completeBuildout(own, settings);
  sections.set("buildout", buildout);
  const versions = buildout.get("versions")?.text;
  if (versions === "versions" && !sections.has(versions)) sections.set(versions, new Map());
  for (const name of sections.keys())
    if (!headers.has(name)) headers.set(name, { file: commandLine, line: 0 });
  const resolver = new Resolver({ sections, headers, sources });
  return {
    file: root,
    files: [...new Set(layers.map(({ file }) => file))].filter((file) => file !== commandLine),
    sectionNames: [...sections.keys()],
    section: (name) => resolver.section(name),
    option: (section, option) => resolver.option(section, option),
    origin: (name) => headers.get(name),
    raw: (name) => new Map([...(sections.get(name) ?? [])].map(([key, option]) => [key, option.text])),
    history: (section, option) => resolver.history(section, option),
    references: (section, option) => resolver.references(section, option),
    inFolder: (there) => {
      const moved = new Map(own);
      moved.delete("directory");
      const section = completeBuildout(moved, { ...settings, directory: there });
      const resolverThere = new Resolver({
        sections: new Map(sections).set("buildout", section),
        headers,
        sources,
      });
      return { section: (name) => resolverThere.section(name) };
    },
    dead,
    notes,
    pinned,
    downloads,
    isBuildout,
  };
}

/** Returns `$BUILDOUT_HOME/default.cfg`, else `~/.buildout/default.cfg`. */
function userDefaults({
  BUILDOUT_HOME,
  HOME,
}: Readonly<Record<string, string | undefined>>): string | undefined {
  if (BUILDOUT_HOME) return resolve(BUILDOUT_HOME, "default.cfg");
  return HOME ? resolve(HOME, ".buildout", "default.cfg") : undefined;
}

async function optional(read: () => Promise<RawFile>): Promise<RawFile | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ConfigError && error.kind === "missing-file") return undefined;
    throw error;
  }
}

const online: Omit<DownloadSettings, "note"> = {
  offline: false,
  offlineBy: "",
  newest: true,
  cache: undefined,
  cacheBy: "",
};

/**
 * Reads the download settings, from the lowest: the user's defaults, the root file, the command line.
 * Extended files have no effect.
 */
function downloadSettings(
  files: readonly (RawFile | undefined)[],
  assignments: readonly Assignment[],
  {
    folder,
    home,
    note,
    sources,
  }: Pick<Reading, "folder" | "home" | "sources"> & Pick<DownloadSettings, "note">,
): DownloadSettings {
  const options = new Map<string, RawOption>();
  for (const file of [...files, assignmentLayer(assignments)])
    for (const [name, option] of file?.sections.get("buildout") ?? []) options.set(name, option);
  const cache = options.get("extends-cache");
  if (cache?.text.includes("${")) {
    throw new ConfigError({
      kind: "bad-extends-cache",
      message: `extends-cache is '${cache.text}', and nothing is known yet that could replace a reference`,
      place: sources.find(cache.origin, cache.text),
      hint: "Write the folder's path, relative to the file or absolute.",
    });
  }
  const offline = options.get("offline");
  const base = cache && cache.origin.line > 0 ? dirname(cache.origin.file) : folder;
  return {
    offline: offline?.text === "true",
    offlineBy: offline ? formatOrigin(offline.origin) : "",
    newest: options.get("newest")?.text !== "false",
    cache: cache?.text ? resolve(base, expandHome(cache.text, home)) : undefined,
    cacheBy: cache ? formatOrigin(cache.origin) : "",
    note,
  };
}
