import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import type { Workshop } from "@hostout/scm";
import type { Entry } from "../entries/entry.ts";
import { readEntries } from "../entries/read-entries.ts";
import { walkFiles } from "../entries/walk-files.ts";

/**
 * Rewrites a built package so that its bytes depend on its content alone: sorted, with one date, without compression.
 *
 * @param unpacked a folder that does not exist yet
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

/** Makes an entry readable for everybody who installs the package, whatever the umask of its build was. */
function open(entry: Entry): Entry {
  return { ...entry, readers: undefined };
}

/** Removes the mode: Python's unpacking keeps none, and the installers of these packages set modes themselves. */
function plain(entry: Entry): Entry {
  return { ...open(entry), isExecutable: false };
}
