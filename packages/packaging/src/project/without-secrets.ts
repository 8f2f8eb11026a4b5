import { readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import { formatOrigin } from "@hostout/kit";
import type { Workshop } from "@hostout/scm";
import { type Entry, textEntry } from "../entries/entry.ts";
import { readContent } from "../entries/read-content.ts";
import { isCopyOf, type OwnSecret, withoutOptions } from "./own-secrets.ts";

/** No configuration is larger. */
const mostBytes = 256 * 1024;

/**
 * Returns the files of a package without the configuration's own secrets. Configuration files lose those options.
 * Copies of configuration files that hold a secret are left out.
 *
 * @param folder the project's folder
 */
export async function withoutSecrets(
  folder: string,
  files: readonly Entry[],
  secrets: readonly OwnSecret[],
  { warn }: Pick<Workshop, "warn">,
): Promise<readonly Entry[]> {
  if (secrets.length === 0) return files;
  const places = await Promise.all(
    secrets.map(async (secret): Promise<Place> => ({ secret, file: await realOf(secret.origin.file) })),
  );
  const root = await realOf(folder);
  const kept: Entry[] = [];
  for (const entry of files) {
    const file = join(root, entry.path);
    const own = places.filter((place) => place.file === file).map(({ secret }) => secret);
    if (own.length > 0 && "file" in entry.content) {
      const lines = new Set(own.map(({ origin }) => origin.line));
      const text = withoutOptions(await readFile(file, "utf8"), lines);
      kept.push({ ...textEntry(entry.path, text), isExecutable: entry.isExecutable, readers: entry.readers });
      continue;
    }
    const copied = await secretIn(file, entry, places);
    if (copied)
      warn(
        `${entry.path} is not packaged, because that file holds [${copied.section}] ${copied.option} (${formatOrigin(copied.origin)})`,
      );
    else kept.push(entry);
  }
  return kept;
}

/** A secret and the path of its file, without links. */
interface Place {
  readonly secret: OwnSecret;
  readonly file: string;
}

function realOf(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}

/** Finds the first secret in a copy of its file. */
async function secretIn(
  file: string,
  { content }: Entry,
  places: readonly Place[],
): Promise<OwnSecret | undefined> {
  if (!("file" in content) || content.sizeBytes > mostBytes) return undefined;
  const near = places.filter((place) => isCopyOf(file, place.file));
  if (near.length === 0) return undefined;
  const text = (await readContent(content)).toString("utf8");
  return near.find(({ secret }) => text.includes(secret.text.split("\n")[0]!))?.secret;
}
