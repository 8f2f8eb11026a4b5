import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import type { Workshop } from "@hostout/scm";
import type { Entry } from "../entries/entry.ts";
import { readEntries } from "../entries/read-entries.ts";
import { walkFiles } from "../entries/walk-files.ts";

/**
 * Writes a built package anew, so that its bytes depend on what is in it alone: sorted, one date, not compressed.
 *
 * @param unpacked a folder that is not there yet
 */
export async function repack(
  built: string,
  into: string,
  unpacked: string,
  { run, warn }: Workshop,
  python: string,
): Promise<void> {
  await mkdir(unpacked);
  const isZip = /\.(?:egg|whl|zip)$/.test(built);
  if (isZip) await run([python, "-m", "zipfile", "-e", built, unpacked], { cwd: unpacked });
  else await run(["tar", "-xf", built, "-C", unpacked], { cwd: unpacked });
  const paths = (await walkFiles(unpacked, { all: true })).filter((path) => !path.endsWith("/"));
  const entries = await readEntries(unpacked, paths, { warn, linksOut: "refuse" });
  const target = createWriteStream(into, { flags: "wx", mode: 0o600 });
  const { writeTar, writeZip } = await import("./archiver.ts");
  if (isZip) await writeZip(entries.map(plain), target);
  else await writeTar(entries.map(open), target, { stored: built.endsWith("gz") });
}

/** Whoever installs the package may read it, whatever the umask was that it was built with. */
function open(entry: Entry): Entry {
  return { ...entry, readers: undefined };
}

/** Python's unpacking keeps no modes; what installs these packages sets them itself. */
function plain(entry: Entry): Entry {
  return { ...open(entry), isExecutable: false };
}
