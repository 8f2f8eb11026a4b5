import { createWriteStream } from "node:fs";
import { basename, join } from "node:path";
import { readEntries } from "../entries/read-entries.ts";
import { walkFiles } from "../entries/walk-files.ts";
import type { Builder } from "./builder.ts";

/** Packs a folder that no tool builds: its files, named by their content. */
export function plainBuilder(source: string): Builder {
  return {
    product: "archive",
    by: "tar",
    facts: async () => ({ name: basename(source), version: "" }),
    versionOf: (_own, _count, hash) => hash.slice(0, 8),
    build: async (copy, { name, version }, into, { warn }) => {
      const file = join(into, `${name}-${version}.tar`);
      const entries = await readEntries(copy, await walkFiles(copy, { all: true }), {
        warn,
        linksOut: "refuse",
      });
      await (await import("../archive/archiver.ts")).writeTar(entries, createWriteStream(file));
      return file;
    },
  };
}
