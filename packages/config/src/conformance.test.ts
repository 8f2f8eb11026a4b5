import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import type { Config } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import { readConfig } from "./read/read-config.ts";
import { builtIn } from "./section/buildout-section.ts";

/**
 * The cases of `conformance/`. A case is `== title`, then `-- NAME` and the text of that file. `-- assign`
 * and assignments may follow. The case ends with `-- expect` and the resolved sections as JSON, or with
 * `-- error KIND FILE:LINE`. A section whose value is a word instead of options must fail with that kind of
 * error. The expected sections omit buildout's own defaults.
 */
interface Case {
  readonly title: string;
  readonly files: ReadonlyMap<string, string>;
  readonly assignments: readonly string[];
  readonly expect: unknown;
}

const folder = join(dirname(import.meta.dirname), "conformance");

function readCases(text: string): readonly Case[] {
  return text
    .split(/^== /m)
    .slice(1)
    .map((part) => {
      const [title = "", ...rest] = part.split("\n");
      const blocks = rest.join("\n").split(/^-- /m).slice(1).map(readBlock);
      const files = new Map(blocks.filter(([name]) => name.endsWith(".cfg")));
      const assignments =
        blocks
          .find(([name]) => name === "assign")?.[1]
          .split("\n")
          .filter(Boolean) ?? [];
      const expected = blocks.find(([name]) => name === "expect")?.[1];
      const error = blocks.find(([name]) => name.startsWith("error "))?.[0].slice("error ".length);
      return { title, files, assignments, expect: error ?? JSON.parse(expected!) };
    });
}

function readBlock(block: string): readonly [string, string] {
  const cut = block.indexOf("\n");
  return cut < 0 ? [block, ""] : [block.slice(0, cut), block.slice(cut + 1)];
}

async function outcomeOf({ files, assignments }: Case, home: string): Promise<unknown> {
  for (const [name, text] of files) {
    mkdirSync(dirname(join(home, name)), { recursive: true });
    writeFileSync(join(home, name), text);
  }
  try {
    const config = await readConfig("buildout.cfg", {
      assignments,
      folder: home,
      environment: { HOSTOUT_PYTHON: "3.11" },
    });
    const sections = new Map(config.sectionNames.map((name) => [name, sectionOf(config, name)]));
    if (!config.files.some((file) => readFileSync(file, "utf8").includes("[buildout]")))
      sections.delete("buildout");
    sections.delete("versions");
    return Object.fromEntries(sections);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return `${error.kind} ${relative(home, error.origin!.file)}:${error.origin!.line}`;
  }
}

function sectionOf(config: Config, name: string): unknown {
  try {
    const own = [...config.section(name).options].filter(([, { origin }]) => origin.file !== builtIn);
    return Object.fromEntries(own.map(([option, { text }]) => [option, text]));
  } catch (error) {
    if (error instanceof ConfigError) return error.kind;
    throw error;
  }
}

const cases = readdirSync(folder).flatMap((name) => readCases(readFileSync(join(folder, name), "utf8")));

test.each(cases.map((one) => [one.title, one] as const))("%s", async (_title, one) => {
  const home = mkdtempSync(join(tmpdir(), "hostout-conformance-"));
  try {
    expect(await outcomeOf(one, home)).toEqual(one.expect);
  } finally {
    rmSync(home, { recursive: true });
  }
});
