import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { ConfigError } from "./config-error.ts";
import { parseFile, type RawFile, type RawSection } from "./parse-file.ts";
import type { Origin } from "./value.ts";

interface Include {
  readonly file: string;
  readonly by: Origin | undefined;
}

/** A file and all that it extends, lowest first. A base that is extended twice is there twice, as in zc.buildout 6. */
export async function readLayers(file: string): Promise<readonly RawFile[]> {
  const read = new Map<string, Promise<RawFile>>();
  return layersOf({ file: resolve(file), by: undefined }, [], read);
}

async function layersOf(
  include: Include,
  above: readonly Include[],
  read: Map<string, Promise<RawFile>>,
): Promise<readonly RawFile[]> {
  const { file } = include;
  const chain = [...above, include];
  if (above.some((other) => other.file === file)) {
    const names = chain.map((one) => one.file).join("\n    extends ");
    throw new ConfigError("recursive-include", `a file extends itself:\n    ${names}`, include.by);
  }
  const known = read.get(file) ?? parse(include);
  read.set(file, known);
  const raw = await known;
  const buildout = raw.sections.get("buildout");
  refuseExtendedBy(buildout);
  const layers: RawFile[] = [];
  for (const word of wordsOf(buildout, "extends"))
    layers.push(...(await layersOf(includeOf(word, file, buildout, "extends"), chain, read)));
  for (const word of wordsOf(buildout, "optional-extends")) {
    const optional = includeOf(word, file, buildout, "optional-extends");
    try {
      layers.push(...(await layersOf(optional, chain, read)));
    } catch (error) {
      if (!(error instanceof ConfigError && error.kind === "missing-file" && error.origin === optional.by))
        throw error;
    }
  }
  return [...layers, withoutExtends(raw)];
}

function wordsOf(section: RawSection | undefined, name: string): readonly string[] {
  return (section?.get(name)?.text ?? "").split(/\s+/).filter((word) => word !== "");
}

function includeOf(word: string, from: string, section: RawSection | undefined, option: string): Include {
  const by = section?.get(option)?.origin;
  if (/^file:\/\//.test(word)) return { file: new URL(word).pathname, by };
  if (/^[a-zA-Z0-9+.-]+:\/\//.test(word)) {
    throw new ConfigError(
      "url",
      `'${word}': configuration is not read from URLs yet`,
      by,
      "Put a copy beside this file and extend that.",
    );
  }
  return { file: resolve(dirname(from), word), by };
}

function refuseExtendedBy(section: RawSection | undefined): void {
  const value = section?.get("extended-by");
  if (value)
    throw new ConfigError(
      "extended-by",
      "the option extended-by is not supported",
      value.origin,
      "Write extends in the other file.",
    );
}

function withoutExtends({ sections, headers }: RawFile): RawFile {
  const buildout = sections.get("buildout");
  if (!buildout) return { sections, headers };
  const rest = new Map([...buildout].filter(([name]) => name !== "extends" && name !== "optional-extends"));
  return {
    headers,
    sections: new Map([...sections].map(([name, section]) => [name, name === "buildout" ? rest : section])),
  };
}

async function parse({ file, by }: Include): Promise<RawFile> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why =
      code === "ENOENT" ? "is not there" : code === "EISDIR" ? "is a folder" : `cannot be read (${code})`;
    throw new ConfigError(
      "missing-file",
      `the file ${file} ${why}`,
      by,
      by && "It is named in extends; names are relative to the file that says them.",
    );
  }
  try {
    return parseFile(file, new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError("decode-error", `the file ${file} is not UTF-8`, { file, line: 1 });
  }
}
