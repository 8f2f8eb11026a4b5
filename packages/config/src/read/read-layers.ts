import { readFileSync } from "node:fs";
import { ConfigError, type ConfigErrorKind, type Link } from "../config-error.ts";
import type { PythonFacts } from "../python/python-facts.ts";
import type { Origin } from "../section/value.ts";
import { type Include, includesOf, isUrl, shownUrl } from "../text/include.ts";
import type { Sources } from "../text/sources.ts";
import { parseFile, type RawFile, type RawOption, type RawSection } from "./parse-file.ts";

/**
 * Maximum number of layers of a configuration, and of characters in them. A file that extends another one
 * twice doubles it.
 */
const mostLayers = 10_000;
const mostCharacters = 64 * 1024 * 1024;

/** Settings for reading files. */
export interface LayerReading {
  readonly sources: Sources;
  readonly python: PythonFacts;
  /** Reads the text of a URL and checks its pin. @throws ConfigError without a place */
  readonly download: (url: string) => Promise<string>;
  /** Reports a deviation that does not stop the reading, such as an omitted file. */
  readonly note: (message: string, origin: Origin | undefined) => void;
  /** Whether to omit an unreadable address in `extends`. */
  readonly isLeftOut: (error: ConfigError) => boolean;
}

/** Reads files and the files that they extend, each once. */
export class LayerReader {
  readonly #reading: LayerReading;
  readonly #files = new Map<string, Promise<RawFile>>();
  #layers = 0;
  #characters = 0;

  constructor(reading: LayerReading) {
    this.#reading = reading;
  }

  /** Reads one file, without the files that it extends. @throws ConfigError */
  parse(include: Include): Promise<RawFile> {
    const known = this.#files.get(include.file) ?? this.#parse(include);
    this.#files.set(include.file, known);
    return known;
  }

  /**
   * Reads a file and all files that it extends, lowest first. A base that two files extend appears twice, as
   * in zc.buildout 6.
   */
  async layersOf(include: Include): Promise<readonly RawFile[]> {
    const layers: RawFile[] = [];
    await this.#collect(include, [], layers);
    return layers;
  }

  async #collect(include: Include, above: readonly Include[], into: RawFile[]): Promise<void> {
    const { by } = include;
    if (above.some(({ file }) => file === include.file))
      throw recursiveInclude(include, above, this.#reading.sources);
    try {
      const raw = await this.parse(include);
      this.#count(raw, by);
      await this.#collectExtended(raw, [...above, include], into);
      into.push(withoutExtends(raw));
    } catch (error) {
      throw error instanceof ConfigError && by ? reachedBy(error, by) : error;
    }
  }

  async #collectExtended(raw: RawFile, chain: readonly Include[], into: RawFile[]): Promise<void> {
    const from = chain.at(-1)!.file;
    const buildout = raw.sections.get("buildout");
    this.#refuseExtendedBy(buildout);
    for (const next of includesOf(buildout?.get("extends"), from))
      if (!isUrl(next.file) || !(await this.#isDead(next))) await this.#collect(next, chain, into);
    for (const next of includesOf(buildout?.get("optional-extends"), from))
      if (await this.#isThere(next)) await this.#collect(next, chain, into);
  }

  /**
   * Whether an optional file is readable. If not, a note reports it. Other errors appear when the file is
   * collected.
   */
  async #isThere(include: Include): Promise<boolean> {
    try {
      await this.parse(include);
    } catch (error) {
      if (!(error instanceof ConfigError && absent.has(error.kind))) return true;
      this.#reading.note(
        `optional-extends goes without ${include.written}: ${error.message}`,
        include.by?.origin,
      );
      return false;
    }
    return true;
  }

  /** Whether an address is unreadable and may be omitted. */
  async #isDead(include: Include): Promise<boolean> {
    try {
      await this.parse(include);
      return false;
    } catch (error) {
      if (!(error instanceof ConfigError && absent.has(error.kind))) throw error;
      return this.#reading.isLeftOut(error);
    }
  }

  #count(raw: RawFile, by: RawOption | undefined): void {
    this.#layers++;
    for (const section of raw.sections.values())
      for (const { text } of section.values()) this.#characters += text.length;
    if (this.#layers <= mostLayers && this.#characters <= mostCharacters) return;
    throw new ConfigError({
      kind: "too-large",
      message:
        this.#layers > mostLayers
          ? `the files extend each other more than ${mostLayers} times`
          : `the files have more than ${mostCharacters} characters, counted each time that one is extended`,
      place: by && this.#reading.sources.line(by.origin),
      hint: "A file that is extended over two others is read twice. Extend each file once.",
    });
  }

  #refuseExtendedBy(section: RawSection | undefined): void {
    const option = section?.get("extended-by");
    if (!option) return;
    throw new ConfigError({
      kind: "extended-by",
      message: "the option extended-by is not supported",
      place: this.#reading.sources.line(option.origin),
      hint: "Write extends in the other file.",
    });
  }

  async #parse(include: Include): Promise<RawFile> {
    const { sources, python } = this.#reading;
    const name = isUrl(include.file) ? shownUrl(include.file) : include.file;
    const text = isUrl(include.file) ? await this.#download(include) : this.#readText(include);
    sources.add(name, text);
    return parseFile(name, text, python);
  }

  async #download({ file, written, by }: Include): Promise<string> {
    try {
      return await this.#reading.download(file);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      const place = by && this.#reading.sources.find(by.origin, written);
      throw new ConfigError({ kind: error.kind, message: error.message, hint: error.hint, place });
    }
  }

  /** Reads at once: the first file that Node reads in another thread costs a millisecond or two. */
  #readText({ file, written, by }: Include): string {
    let bytes: Uint8Array;
    try {
      bytes = readFileSync(file);
    } catch (cause) {
      throw new ConfigError({
        kind: "missing-file",
        message: `${written === file ? file : `'${written}', which is ${file},`} ${whyUnread(cause)}`,
        place: by && (() => this.#reading.sources.find(by.origin, written)),
        hint: by && "Names in extends are relative to the file that says them.",
      });
    }
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      throw notUtf8(file, bytes);
    }
  }
}

function recursiveInclude(include: Include, above: readonly Include[], sources: Sources): ConfigError {
  const chain = [...above.slice(above.findIndex(({ file }) => file === include.file) + 1), include];
  const links = chain.map(
    ({ written, by }): Link => ({
      what: `extends ${written}`,
      origin: by?.origin ?? { file: include.file, line: 1 },
    }),
  );
  return new ConfigError({
    kind: "recursive-include",
    message: `${include.file} extends itself`,
    place: include.by && sources.find(include.by.origin, include.written),
    chain: links,
    hint: "Take one of these names out of extends.",
  });
}

const absent: ReadonlySet<ConfigErrorKind> = new Set(["missing-file", "download-error", "offline"]);

/**
 * Adds a step to the way to the error of an extended file. If the error is in that step itself, its place
 * already shows it.
 */
function reachedBy(error: ConfigError, by: RawOption): ConfigError {
  const { chain, origin } = error;
  const known = [origin, ...chain.map((link) => link.origin)];
  if (known.some((one) => one?.file === by.origin.file && (one === origin || one.line === by.origin.line)))
    return error;
  return error.with({ chain: [...chain, { what: "extended", origin: by.origin }] });
}

function whyUnread(cause: unknown): string {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === "ENOENT" || code === "ENOTDIR") return "does not exist";
  if (code === "EISDIR") return "is a folder";
  return code === "EACCES" ? "may not be read" : `cannot be read (${code})`;
}

function notUtf8(file: string, bytes: Uint8Array): ConfigError {
  // Windows writes this mark before UTF-16.
  const [low, high] = bytes;
  const isUtf16 = (low === 0xff && high === 0xfe) || (low === 0xfe && high === 0xff);
  let line = 1;
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for (let start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(10, start);
    const part = bytes.subarray(start, end < 0 ? bytes.length : end);
    try {
      decoder.decode(part);
    } catch {
      break;
    }
    start = end < 0 ? bytes.length : end + 1;
  }
  return new ConfigError({
    kind: "decode-error",
    message: "a character is not UTF-8",
    place: { file, line },
    hint: `Convert the file: iconv -f ${isUtf16 ? "utf-16" : "latin1"} -t utf-8 ${file}`,
  });
}

function withoutExtends(raw: RawFile): RawFile {
  const buildout = raw.sections.get("buildout");
  if (!buildout?.has("extends") && !buildout?.has("optional-extends")) return raw;
  const rest = new Map(buildout);
  rest.delete("extends");
  rest.delete("optional-extends");
  return { ...raw, sections: new Map(raw.sections).set("buildout", rest) };
}
