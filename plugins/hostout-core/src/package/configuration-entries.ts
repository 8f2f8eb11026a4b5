import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { isAbsolute, posix, relative } from "node:path";
import { type Config, type Download, resolveName } from "@hostout/kit";
import { type Entry, textEntry } from "./entry.ts";
import { linesIn, type OwnSecret, withoutOptions } from "./own-secrets.ts";
import { rewriteExtends } from "./rewrite-extends.ts";

/**
 * The files of a configuration, each with all that it extends. What lies outside the project comes along below `outside/`, and so does what
 * came from an address: a host builds with the bytes that were checked here, and fetches nothing. What extends it names it there.
 *
 * @param config what hosts build
 * @param secrets options that are left out of them
 */
export async function configurationEntries(
  project: string,
  { files, downloads }: Pick<Config, "files" | "downloads">,
  secrets: readonly OwnSecret[],
): Promise<readonly Entry[]> {
  const local = files.filter(isAbsolute);
  const placeOf = new Map([
    ...local.map((file) => [file, placeIn(project, file)] as const),
    ...[...downloads].map(([address, download]) => [address, placeOfDownload(download)] as const),
  ]);
  const entryOf = (file: string, text: string, lines: ReadonlySet<number>) => {
    const path = placeOf.get(file)!;
    const rename = (name: string) => {
      const target = resolveName(name, file);
      const place = placeOf.get(target);
      // An optional one that could not be read here: what a host would get there, nobody has seen.
      if (place === undefined && isAddress(target)) return "";
      if (place === undefined || (isPlain(name) && !isOutside(path) && !isOutside(place))) return name;
      return posix.relative(posix.dirname(path), place);
    };
    return textEntry(path, rewriteExtends(withoutOptions(text, lines), rename));
  };
  const own = local.map(async (file) => entryOf(file, await readFile(file, "utf8"), linesIn(file, secrets)));
  const fetched = [...downloads].map(([address, { file, text }]) =>
    entryOf(address, text, linesIn(file, secrets)),
  );
  return [...(await Promise.all(own)), ...fetched];
}

/** Named by its sum, and by the address, as what it extends may be relative to that. */
function placeOfDownload({ file, text }: Download): string {
  const sum = createHash("sha256").update(`${file}\n${text}`).digest("hex");
  const name = /([\w.+-]+)(?:[?#].*)?$/s.exec(file)?.[1] ?? "base.cfg";
  return `outside/${sum}/${name}`;
}

/** Where a file is put in the package: `../base.cfg` is `outside/_/base.cfg`. */
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
