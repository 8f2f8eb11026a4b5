import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sumOf, writeBlocks } from "../bed/large-file.ts";
import { startThrowAway, type ThrowAway } from "../bed/throw-away.ts";

const sizeMb = 150;
const mb = 1024 * 1024;
const names = ["quick-1.example.com", "quick-2.example.com", "slow.example.com"];

/** A cat that reads nothing for the slow host, until a file appears. The file that it writes has the host's name. */
const cat = `#!/bin/sh
case $(readlink /proc/$$/fd/1) in */.slow*) until [ -e "$HOME/go" ]; do sleep 0.05; done ;; esac
exec /bin/cat "$@"
`;

/** Sends a file to each host. When the quick ones have it, reports the memory and lets the slow one read. */
const tasks = (from: string, home: string) => `import { existsSync, writeFileSync } from "node:fs";
import { definePlugin } from "@hostout/kit";
const memory = () => process.memoryUsage().rss;
let before, peak = 0, left = 2;
export const plugin = definePlugin({ name: "tasks", commands: { send: { summary: "t", run: async ({ remote, host }) => {
  const there = (name) => ${JSON.stringify(`${home}/`)} + name;
  await remote.run(["true"]);
  before ??= memory();
  setInterval(() => { peak = Math.max(peak, memory()); }, 10).unref();
  await remote.upload(${JSON.stringify(from)}, there(host.name));
  if (host.name.startsWith("slow") || --left > 0) return;
  writeFileSync(there("seen"), JSON.stringify({ grownBytes: peak - before, isSlowDone: existsSync(there("slow.example.com")) }));
  writeFileSync(there("go"), "");
} } } });`;

let bed: ThrowAway;
let programs: string;
beforeAll(async () => {
  programs = await mkdtemp(join(tmpdir(), "hostout-programs-"));
  await writeFile(join(programs, "cat"), cat);
  await chmod(join(programs, "cat"), 0o755);
  bed = await startThrowAway({}, { environment: { PATH: `${programs}:/usr/bin:/bin` } });
  await writeBlocks(join(bed.folder, "big"), sizeMb, "end");
  await bed.write({
    "hostout.cfg": `[s]\nhost = ${names.join(" ")}\nuser = ${bed.user}\ntasks = tasks.ts\n`,
    "package.json": '{ "type": "module" }',
    "tasks.ts": tasks(join(bed.folder, "big"), bed.home),
  });
});
afterAll(async () => {
  await bed?.stop();
  await rm(programs, { recursive: true, force: true });
});

test("a host that takes nothing holds up no other host and fills no memory; later it gets the same bytes", async () => {
  const { code, stdout, stderr } = await bed.hostout("--jobs", "3", "s", "send");
  expect([code, stdout, stderr]).toEqual([0, expect.any(String), expect.any(String)]);
  const seen = JSON.parse(await readFile(join(bed.home, "seen"), "utf8"));
  expect(seen.isSlowDone).toBe(false);
  expect(seen.grownBytes).toBeLessThan((sizeMb / 2) * mb);
  const sum = await sumOf(join(bed.folder, "big"));
  for (const name of names) expect([name, await sumOf(join(bed.home, name))]).toEqual([name, sum]);
  expect((await readdir(bed.home)).filter((name) => name.startsWith("."))).toEqual([]);
});
