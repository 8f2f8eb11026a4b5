import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Event } from "@hostout/kit";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { startThrowAway, type ThrowAway } from "../bed/throw-away.ts";
import { runLine, walkGuide } from "../bed/walk-guide.ts";

const root = dirname(dirname(import.meta.dirname));
const schemaFile = join(root, "packages", "cli", "events-1.schema.json");

let bed: ThrowAway;
beforeAll(async () => {
  bed = await startThrowAway();
  mkdirSync(join(bed.folder, "node_modules"));
  symlinkSync(join(root, "packages", "cli"), join(bed.folder, "node_modules", "hostout"));
});
afterAll(() => bed.stop());

/** The schema, with nothing let in that it does not name. */
function strictSchema(): ValidateFunction {
  const close = (_key: string, value: unknown) =>
    typeof value === "object" && value !== null && "properties" in value && "type" in value
      ? { ...value, additionalProperties: false }
      : value;
  const schema = JSON.parse(readFileSync(schemaFile, "utf8"), close);
  return new Ajv2020({ validateFormats: false }).compile(schema);
}

const eventsOf = (stdout: string): readonly Event[] =>
  stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));

test.each([
  ["how-to/use-from-a-script.md", 3],
  ["how-to/run-over-many-hosts.md", 5],
])("%s can be walked as it is written", async (guide, lines) => {
  const path = `${join(root, "bin")}:${process.env.PATH}`;
  const env = { ...bed.environment, PATH: path, HOME: bed.home };
  const count = await walkGuide({
    guide,
    folder: bed.folder,
    run: (line, cwd) => runLine(line, { cwd, env }),
    adapt: (text) => text.replaceAll("user = deploy", `user = ${bed.user}`),
  });
  expect(count).toBe(lines);
  await rm(join(bed.folder, ".hostout"), { recursive: true });
});

test("every line of --json is as the published schema says", async () => {
  const isEvent = strictSchema();
  const host = (name: string) =>
    `[${name}]\nhost = web1.example.com\nuser = ${bed.user}\ntasks = ./greet.ts\n`;
  const greet = `import { definePlugin, option } from "@hostout/kit";
    const args = { who: option.string({ summary: "whom", default: "world" }) };
    export const plugin = definePlugin({ name: "tasks", commands: { greet: { summary: "Greet", args, run: async ({ remote }) => {
      await remote.run(["echo", "hello"]);
      return { status: "ok", value: "x" };
    } } } });`;
  await bed.write({
    "hostout.cfg": host("shop") + host("blog"),
    "greet.ts": greet,
    "big.txt": "x".repeat(300_000),
  });
  const runs = [
    ["all", "greet"],
    ["all", "greet", "--dry-run"],
    ["shop", "run", "echo out; echo err >&2; exit 3"],
    ["shop", "put", "big.txt", `${bed.home}/big.txt`],
    ["shop", "put", "big.txt", `${bed.home}/big.txt`],
    ["shop", "greett"],
    ["nobody", "greet"],
  ];
  const seen = new Set<string>();
  for (const words of runs) {
    const { stdout } = await bed.hostout("--json", ...words);
    for (const event of eventsOf(stdout)) {
      seen.add(event.type);
      expect([event, isEvent(event), isEvent.errors]).toEqual([event, true, null]);
    }
  }
  expect([...seen].sort()).toEqual([
    "error",
    "output",
    "progress",
    "run.end",
    "run.start",
    "task.end",
    "task.start",
  ]);
});

test("a script sees what the command line does: events, results, faults, an abort", async () => {
  await bed.write({
    "probe.ts": `
      import { openProject } from "hostout";
      const project = await openProject({ folder: import.meta.dirname });
      const site = await project.site("shop", "blog");
      const told = [];
      const seen = [];
      const run = site.run([{ name: "greet", args: ["you"] }, "greet"], { onEvent: ({ type }) => told.push(type), jobs: 1 });
      for await (const { type } of run) seen.push(type);
      const summary = await run.result;
      const late = [];
      for await (const { type } of run) late.push(type);
      const fault = await site.run("greett").result.catch(({ code, hint }) => ({ code, hint }));
      const thrown = [];
      try { for await (const _ of site.run({ name: "greet", args: ["a", "b"] })); } catch ({ code }) { thrown.push(code); }
      const stop = AbortSignal.abort();
      const aborted = await site.run("greet", { signal: stop }).result;
      const dry = await site.run("greet", { dryRun: true }).result;
      const [one] = site.explain("greet");
      console.log(JSON.stringify({
        same: told.join() === seen.join(), last: seen.at(-1), exitCode: summary.exitCode, targets: summary.targets.length, late,
        fault, thrown, aborted: aborted.exitCode, dry: dry.exitCode, explained: one.commands[0].layers[0].plugin,
        commands: site.commands.includes("greet"), names: project.siteNames,
      }));
    `,
  });
  const { stdout, stderr } = await bed.run(process.execPath, "probe.ts");
  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toEqual({
    same: true,
    last: "run.end",
    exitCode: 0,
    targets: 2,
    late: [],
    fault: { code: "unknown-command", hint: "Did you mean 'greet'?" },
    thrown: ["usage"],
    aborted: 130,
    dry: 0,
    explained: "tasks",
    commands: true,
    names: ["shop", "blog"],
  });
});
