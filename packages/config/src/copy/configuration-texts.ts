import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { isAbsolute, posix, relative } from "node:path";
import type { Config, Download } from "../config.ts";
import { resolveName } from "../text/include.ts";
import { rewriteExtends } from "./rewrite-extends.ts";

/** A file of a configuration, and its place in a copy of the configuration. */
export interface ConfigurationText {
  /** Relative to the folder of the copy. */
  readonly path: string;
  readonly text: string;
}

/**
 * Reads the files of a configuration with all files that they extend, so that another folder can build them.
 * Files from outside the project go below `outside/`, and so do files from addresses. Buildout then builds
 * with the checked bytes and fetches nothing. The names in `extends` change to these places.
 *
 * @param roots absolute names of files, and addresses, to include with all files that they extend. Default:
 * all files.
 * @param edit changes the text of a file before its names change
 */
export async function configurationTexts(
  project: string,
  { files, downloads }: Pick<Config, "files" | "downloads">,
  {
    roots,
    edit = (text) => text,
  }: {
    readonly roots?: readonly string[];
    readonly edit?: (text: string, file: string) => string;
  } = {},
): Promise<readonly ConfigurationText[]> {
  const local = files.filter(isAbsolute);
  const placeOf = new Map([
    ...local.map((file) => [file, placeIn(project, file)] as const),
    ...[...downloads].map(([address, download]) => [address, placeOfDownload(download)] as const),
  ]);
  const wanted = new Set(roots ?? placeOf.keys());
  const texts: ConfigurationText[] = [];
  // The set grows during this loop.
  for (const file of wanted) {
    const path = placeOf.get(file);
    if (path === undefined) continue;
    const rename = (name: string) => {
      const target = resolveName(name, file);
      const place = placeOf.get(target);
      // This optional file could not be read here. Buildout must not fetch it, because hostout has not
      // checked its content.
      if (place === undefined && isAddress(target)) return "";
      wanted.add(target);
      if (place === undefined || (isPlain(name) && !isOutside(path) && !isOutside(place))) return name;
      return posix.relative(posix.dirname(path), place);
    };
    const fetched = downloads.get(file);
    const text = fetched?.text ?? (await readFile(file, "utf8"));
    texts.push({ path, text: rewriteExtends(edit(text, fetched?.file ?? file), rename) });
  }
  return texts;
}

/**
 * Makes the name of a downloaded file from its hash and its address. The address counts because relative
 * names in the file depend on it.
 */
function placeOfDownload({ file, text }: Download): string {
  const sum = createHash("sha256").update(`${file}\n${text}`).digest("hex");
  const name = /([\w.+-]+)(?:[?#].*)?$/s.exec(file)?.[1] ?? "base.cfg";
  return `outside/${sum}/${name}`;
}

/** Returns the place of a file in the copy: `../base.cfg` is `outside/_/base.cfg`. */
function placeIn(project: string, file: string): string {
  const path = relative(project, file);
  return path.startsWith("../") ? `outside/${path.replaceAll("../", "_/")}` : path;
}

function isOutside(place: string): boolean {
  return place.startsWith("outside/");
}

/** Whether a name is relative. Such a name stays right where both files keep their place. */
function isPlain(name: string): boolean {
  return !isAbsolute(name) && !name.startsWith("file://");
}

function isAddress(name: string): boolean {
  return /^[a-z0-9+.-]+:\/\//i.test(name);
}
