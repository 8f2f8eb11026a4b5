import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
} from "node:fs";
import { join } from "node:path";
import { topics } from "../../packages/cli/src/topics.ts";
import { startThrowAway, type ThrowAway } from "../bed/throw-away.ts";

let bed: ThrowAway;
beforeAll(async () => {
  bed = await startThrowAway();
  await bed.write({
    "hostout.cfg": `[shop]\nhost = web1.example.com\nuser = ${bed.user}\n`,
    "tasks.cfg": `[shop]\nhost = web1.example.com\nuser = ${bed.user}\ntasks = tasks.ts\n`,
    "tasks.ts": `
import { definePlugin, HostoutError } from "@hostout/kit";
class OwnError extends HostoutError {}
export const plugin = definePlugin({ name: "tasks", commands: {
  fails: { summary: "t", run: async ({ remote, note }) => {
    const error = await remote.run(["false"]).catch((error) => error);
    note([error instanceof HostoutError, error instanceof OwnError, error.code].join(" "));
    throw new HostoutError({ code: "usage", message: "as said", hint: "Look." });
  } },
} });
`,
    // Writes the name of each module that Node loads.
    "watch.cjs": `
const { appendFileSync } = require("node:fs");
require("node:module").registerHooks({
  load(url, context, next) {
    appendFileSync(${JSON.stringify(join(bed.folder, "loaded"))}, url + "\\n");
    return next(url, context);
  },
});`,
  });
});
afterAll(() => bed.stop());

/** Runs hostout with a cache folder of its own. */
const hostout = (cache: string, ...words: string[]) =>
  bed.run("env", `XDG_CACHE_HOME=${join(bed.folder, cache)}`, bin, ...words);
const bin = join(import.meta.dirname, "..", "..", "bin", "hostout");

const programOf = (cache: string) => join(bed.folder, cache, "hostout", "compiled", "program");

/** Returns the modules of the program that were loaded, with their cache files. */
const compiled = (cache: string) =>
  new Map(
    readdirSync(programOf(cache)).map((name) => [name.split(".js-")[0]!, join(programOf(cache), name)]),
  );

test("a run loads neither oclif, listr2, archiver nor semver, and no part of hostout that it does not need", async () => {
  const watched = ["NODE_OPTIONS=--require=./watch.cjs", `XDG_CACHE_HOME=${join(bed.folder, "watched")}`];
  const { code, stderr } = await bed.run("env", ...watched, bin, "shop", "run", "true");
  expect([code, stderr]).toEqual([0, ""]);
  const loaded = readFileSync(join(bed.folder, "loaded"), "utf8").trim().split("\n");
  const files = loaded.filter((url) => !url.startsWith("node:")).map((url) => url.replace(/^.*\//, ""));
  expect([...new Set(files)]).toEqual(["hostout.js", "compiled-modules.js"]);
  expect(loaded.filter((url) => /^node:(assert|zlib|dns)$/.test(url))).toEqual([]);
  expect([...compiled("watched").keys()].toSorted()).toEqual(
    ["line", "main", "p-limit", "rolldown-runtime", "run", "ssh", "words"].toSorted(),
  );
});

test("help loads no part that runs commands", async () => {
  expect((await hostout("help", "shop", "--help")).code).toBe(0);
  const names = [...compiled("help").keys()];
  expect(names.filter((name) => ["run", "ssh", "deploy", "package"].includes(name))).toEqual([]);
});

const withOclif = [...topics.keys()].filter((topic) => topic !== "resume" && topic !== "help");

test.each(withOclif)("'%s' loads no second copy of what its command of oclif loads", async (topic) => {
  const cache = `topic-${topic}`;
  expect((await hostout(cache, topic, "--help")).code).toBe(0);
  expect(existsSync(programOf(cache))).toBe(false);
});

test("the first run of a work keeps what it compiled, and the next one changes nothing", async () => {
  const run = (...words: string[]) => hostout("kept", "shop", ...words);
  expect((await run("run", "true")).code).toBe(0);
  const times = () => [...compiled("kept").values()].map((file) => statSync(file).mtimeMs);
  const [first, mode] = [times(), statSync(compiled("kept").get("run")!).mode & 0o777];
  expect(mode.toString(8)).toBe("600");
  expect((await run("run", "true")).code).toBe(0);
  expect(times()).toEqual(first);
  // Another work calls other functions.
  expect((await run("check")).code).toBe(0);
  expect(times()).not.toEqual(first);
});

test("a cache file that is cut off, or of another version, is replaced", async () => {
  const run = () => hostout("cut", "shop", "run", "true");
  expect((await run()).code).toBe(0);
  const file = compiled("cut").get("run")!;
  const { size } = statSync(file);
  truncateSync(file, Math.floor(size / 2));
  expect(await run()).toMatchObject({ code: 0, stderr: "" });
  expect(statSync(file).size).toBeGreaterThan(size / 2 + 1);
  expect(readdirSync(programOf("cut")).filter((name) => /\.\d+$/.test(name))).toEqual([]);
});

test("code that another account could have put there is not run", async () => {
  const run = () => hostout("open", "shop", "run", "true");
  const folder = join(bed.folder, "open", "hostout", "compiled");
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o777);
  expect((await run()).code).toBe(0);
  expect(readdirSync(folder)).toEqual([]);
  chmodSync(folder, 0o700);
  expect((await run()).code).toBe(0);
  expect(readdirSync(folder)).toContain("program");
  if (process.getuid?.() !== 0) return;
  // As with sudo, which may keep HOME.
  for (const [owned, place] of [
    ["compiled", folder],
    ["open", join(bed.folder, "open")],
  ]) {
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    chownSync(place!, 65534, 65534);
    expect([owned, (await run()).code, readdirSync(folder)]).toEqual([owned, 0, []]);
  }
});

test("the errors of hostout and those of a task file are of one class, although each has a kit of its own", async () => {
  const { code, stdout } = await hostout("tasks", "-c", "tasks.cfg", "shop", "fails");
  expect(code).toBe(2);
  expect(stdout).toContain("true false command-failed");
  expect(stdout).toContain("as said");
});
