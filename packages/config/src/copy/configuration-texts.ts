import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { isAbsolute, posix, relative } from "node:path";
import type { Config, Download } from "../config.ts";
import { resolveName } from "../read/include.ts";
import { rewriteExtends } from "./rewrite-extends.ts";

/** A file of a configuration, where it lies in a copy of it. */
export interface ConfigurationText {
  /** Relative to the folder of the copy. */
  readonly path: string;
  readonly text: string;
}

/**
 * The files of a configuration with all that they extend, so that they can be built from elsewhere. What lies outside the project comes
 * along below `outside/`, and so does what came from an address: buildout builds with the bytes that were checked, and fetches nothing.
 * What extends it names it there.
 *
 * @param roots absolute names of files, and addresses, that are wanted with all that they lead to. Default: all files
 * @param edit changes the text of a file before that
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
  // It grows while it is gone through.
  for (const file of wanted) {
    const path = placeOf.get(file);
    if (path === undefined) continue;
    const rename = (name: string) => {
      const target = resolveName(name, file);
      const place = placeOf.get(target);
      // An optional one that could not be read here: what would be got there, nobody has seen.
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

/** Named by its sum, and by the address, as what it extends may be relative to that. */
function placeOfDownload({ file, text }: Download): string {
  const sum = createHash("sha256").update(`${file}\n${text}`).digest("hex");
  const name = /([\w.+-]+)(?:[?#].*)?$/s.exec(file)?.[1] ?? "base.cfg";
  return `outside/${sum}/${name}`;
}

/** Where a file is put in the copy: `../base.cfg` is `outside/_/base.cfg`. */
function placeIn(project: string, file: string): string {
  const path = relative(project, file);
  return path.startsWith("../") ? `outside/${path.replaceAll("../", "_/")}` : path;
}

function isOutside(place: string): boolean {
  return place.startsWith("outside/");
}

/** Whether a name is relative: it goes on to be right where both files keep their place. */
function isPlain(name: string): boolean {
  return !isAbsolute(name) && !name.startsWith("file://");
}

function isAddress(name: string): boolean {
  return /^[a-z0-9+.-]+:\/\//i.test(name);
}
