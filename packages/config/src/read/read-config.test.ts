import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConfigError } from "../config-error.ts";
import { readConfig } from "./read-config.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hostout-config-"));
});
afterEach(() => rm(folder, { recursive: true }));

const write = (name: string, text: string) => writeFile(join(folder, name), text);

async function read(text: string, assignments: readonly string[] = []) {
  await write("buildout.cfg", text);
  return readConfig(join(folder, "buildout.cfg"), { assignments });
}

async function failure(text: string, section?: string): Promise<ConfigError> {
  try {
    const config = await read(text);
    if (section) config.section(section);
  } catch (error) {
    return error as ConfigError;
  }
  throw new Error("it was read without a fault");
}

test("a value is told with its file and line", async () => {
  const config = await read("[buildout]\nparts = a\n\n[a]\n# comment\nhost = web1\n");
  expect(config.section("a").options.get("host")).toEqual({
    text: "web1",
    origin: { file: join(folder, "buildout.cfg"), line: 6 },
  });
});

test("`<=` takes the options of another section, and the own ones win", async () => {
  const config = await read("[base]\nuser = root\npath = /x\n[a]\n<= base\nuser = zope\n");
  const { options } = config.section("a");
  expect(options.get("user")?.text).toBe("zope");
  expect(options.get("path")).toMatchObject({ text: "/x", origin: { line: 3 } });
});

test("`+=` and `-=` add and take lines, over files in the order of extends", async () => {
  await write("base.cfg", "[a]\neggs =\n    one\n    two\n");
  const config = await read("[buildout]\nextends = base.cfg\n[a]\neggs += three\neggs -= one\n");
  expect(config.section("a").options.get("eggs")?.text).toBe("two\nthree");
});

test("a value of several lines keeps its lines; comments in column 0 do not end it", async () => {
  const config = await read("[a]\nrestart =\n  first ; line\n# not this\n  second # line\n");
  expect(config.section("a").options.get("restart")?.text).toBe("first ; line\nsecond # line");
});

test("references are replaced, also those of the section that inherits them", async () => {
  const config = await read(
    "[base]\nname = base\npath = /srv/${:name}\n[a]\n<= base\nname = a\nlog = ${:path}/log $${x}\n",
  );
  expect(config.section("a").options.get("log")?.text).toBe("/srv/a/log $${x}");
  expect(config.section("buildout").options.get("bin-directory")?.text).toBe(join(folder, "bin"));
});

test("an assignment of the command line lies above all files", async () => {
  const config = await read("[a]\npath = /x\nlist = 1\n", ["a:path=/srv/x", "a:list+=2"]);
  expect(config.section("a").options.get("path")?.text).toBe("/srv/x");
  expect(config.section("a").options.get("list")?.text).toBe("1\n2");
});

test("a section that nobody needs may be broken without harm", async () => {
  const config = await read("[bad]\nx = ${nowhere:y}\n[a]\nhost = web1\n");
  expect(config.section("a").options.get("host")?.text).toBe("web1");
});

test("a section whose condition is false is left out", async () => {
  const config = await read("[a]\nx = 1\n[a: windows]\nx = 2\n[a: not windows and python3]\ny = 3\n");
  expect(Object.fromEntries([...config.section("a").options].map(([key, { text }]) => [key, text]))).toEqual({
    x: "1",
    y: "3",
  });
});

test.each([
  ["[a]\nname: value\nx y = 1\n", undefined, "parse-error", 2],
  ["x = 1\n", undefined, "no-section-header", 1],
  ["[buildout]\nextends = gone.cfg\n", undefined, "missing-file", 2],
  ["[buildout]\nextends = buildout.cfg\n", undefined, "recursive-include", 2],
  ["[a: nonsense(1)]\nx = 1\n", undefined, "condition-error", 1],
  ["[a]\n<= b\n[b]\n<= a\n", "a", "macro-loop", 4],
  ["[a]\n<= gone\n", "a", "macro-missing-section", 2],
  ["[a]\nx = ${gone:y}\n", "a", "missing-section", 2],
  ["[a]\nx = ${:y}\n", "a", "missing-option", 2],
  ["[a]\nx = ${:y}\ny = ${:x}\n", "a", "circular", 3],
  ["[a]\nx = ${y}\n", "a", "no-colon", 2],
] as const)("%j is told as %s", async (text, section, kind, line) => {
  const error = await failure(text, section);
  expect([error.kind, error.origin?.line]).toEqual([kind, line]);
});

test("folders of [buildout] are joined as buildout joins them, without normalising", async () => {
  const config = await read("[buildout]\nbin-directory = ../bin\nparts-directory = ./parts\n");
  const text = (name: string) => config.option("buildout", name)?.text;
  expect([text("bin-directory"), text("parts-directory")]).toEqual([`${folder}/../bin`, `${folder}/./parts`]);
});
