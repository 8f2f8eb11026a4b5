import { readFile } from "node:fs/promises";
import { dirname, isAbsolute, posix, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Entry, textEntry } from "./entry.ts";
import { linesIn, type OwnSecret, withoutOptions } from "./own-secrets.ts";
import { rewriteExtends } from "./rewrite-extends.ts";

/**
 * The files of a configuration, each with all that it extends. What lies outside the project comes along below `outside/`,
 * and what extends it names it there.
 *
 * @param files absolute paths; addresses stay what they are
 * @param secrets options that are left out of them
 */
export async function configurationEntries(
  project: string,
  files: readonly string[],
  secrets: readonly OwnSecret[],
): Promise<readonly Entry[]> {
  const local = files.filter(isAbsolute);
  const placeOf = new Map(local.map((file) => [file, placeIn(project, file)]));
  return Promise.all(
    local.map(async (file) => {
      const text = await readFile(file, "utf8");
      const path = placeOf.get(file)!;
      const rename = (name: string) => {
        const target = targetOf(name, file);
        const place = target === undefined ? undefined : placeOf.get(target);
        if (place === undefined || (isPlain(name) && !isOutside(path) && !isOutside(place))) return name;
        return posix.relative(posix.dirname(path), place);
      };
      return textEntry(path, rewriteExtends(withoutOptions(text, linesIn(file, secrets)), rename));
    }),
  );
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

function targetOf(name: string, file: string): string | undefined {
  if (name.startsWith("file://")) return fileURLToPath(name);
  return /^[a-z0-9+.-]+:\/\//i.test(name) ? undefined : resolve(dirname(file), name);
}
