import { createWriteStream } from "node:fs";
import { basename, join } from "node:path";

import type { Builder } from "./builder.ts";
import { readEntries } from "./read-entries.ts";
import { walkFiles } from "./walk-files.ts";

/** A folder that no tool builds: its files, named by their content. */
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
      await (await import("./archiver.ts")).writeTar(entries, createWriteStream(file));
      return file;
    },
  };
}
