import { dirname, join, resolve } from "node:path";
import { ConfigError } from "./config-error.ts";
import { mergeLayer } from "./merge.ts";
import type { RawSection } from "./parse-file.ts";
import { readLayers } from "./read-layers.ts";
import { makeResolver } from "./resolve.ts";
import type { Origin, Section } from "./value.ts";

/** All sections after inheritance and substitution; each is resolved when it is asked for. */
export interface Config {
  /** Absolute. */
  readonly file: string;
  /** In the order in which they first appear. */
  readonly sectionNames: readonly string[];
  /** @throws ConfigError when the section is not there or does not resolve */
  readonly section: (name: string) => Section;
}

export interface ReadSettings {
  /** `section:option=value`, as on buildout's command line: one more layer above all files. */
  readonly assignments?: readonly string[];
}

/** Reads a configuration file and all that it extends. @throws ConfigError */
export async function readConfig(file: string, settings: ReadSettings = {}): Promise<Config> {
  const root = resolve(file);
  const sections = new Map<string, RawSection>();
  const headers = new Map<string, Origin>();
  for (const layer of await readLayers(root)) {
    mergeLayer(sections, layer.sections);
    for (const [name, line] of layer.headers) {
      const source = [...(layer.sections.get(name)?.values() ?? [])][0]?.origin.file ?? root;
      if (!headers.has(name)) headers.set(name, { file: source, line });
    }
  }
  for (const assignment of settings.assignments ?? []) mergeLayer(sections, parseAssignment(assignment));
  sections.set("buildout", withDefaults(sections.get("buildout") ?? new Map(), root));
  for (const name of sections.keys()) if (!headers.has(name)) headers.set(name, { file: root, line: 1 });
  return { file: root, sectionNames: [...sections.keys()], section: makeResolver({ sections, headers }) };
}

function parseAssignment(text: string): ReadonlyMap<string, RawSection> {
  const match = /^(?:([^:=]*):)?([^:=]*?)\s*([-+]?)=(.*)$/s.exec(text);
  if (!match) {
    throw new ConfigError(
      "bad-assignment",
      `'${text}' is no assignment`,
      undefined,
      "It is section:option=value.",
    );
  }
  const [, section = "buildout", option = "", sign, value = ""] = match;
  const origin = { file: "command line", line: 1 };
  const name = option.trim() + (sign ? ` ${sign}` : "");
  return new Map([[section.trim() || "buildout", new Map([[name, { text: value.trim(), origin }]])]]);
}

/** What buildout sets by itself and real files refer to. Folders are absolute, relative to the root file's folder. */
function withDefaults(section: RawSection, root: string): RawSection {
  const origin = { file: "buildout's default", line: 0 };
  const directory = section.get("directory")?.text ?? dirname(root);
  const defaults = {
    directory,
    executable: "/usr/bin/python3",
    "bin-directory": "bin",
    "parts-directory": "parts",
    "eggs-directory": "eggs",
    "develop-eggs-directory": "develop-eggs",
    newest: "true",
    offline: "false",
    python: "buildout",
  };
  const result: RawSection = new Map();
  for (const [name, text] of Object.entries(defaults)) result.set(name, { text, origin });
  for (const [name, value] of section) result.set(name, value);
  for (const name of ["bin", "parts", "eggs", "develop-eggs"]) {
    const value = result.get(`${name}-directory`)!;
    if (!/^[/$]/.test(value.text))
      result.set(`${name}-directory`, { ...value, text: join(directory, value.text) });
  }
  return result;
}
