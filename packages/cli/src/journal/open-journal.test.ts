import { closeSync, openSync, readdirSync, readlinkSync } from "node:fs";
import { mkdir, mkdtemp, open, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Event } from "@hostout/kit";
import { openJournal } from "./open-journal.ts";
import { readRun, runsOf } from "./read-journal.ts";
import type { RequestRecord } from "./request-record.ts";
import { nameOfRun } from "./run-name.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hostout-journal-"));
});
afterEach(() => rm(folder, { recursive: true }));

const at = "2026-11-27T17:00:00.000Z";
const request = { type: "request", run: "r1", config: "/x", process: { pid: 1, machine: "other" } };
const start = (task: number, host: string) =>
  ({ type: "task.start", task, site: "web", host, at, path: ["run"], step: "1", plugin: "p" }) as const;
const output = (task: number, host: string, line: string, more: object = {}) =>
  ({ type: "output", task, site: "web", host, at, stream: "stdout", machine: host, ...more, line }) as const;

function write(events: readonly Event[]): void {
  const journal = openJournal(folder, request as unknown as RequestRecord, (why) => {
    throw new Error(why);
  });
  for (const event of events) journal.event(event);
  journal.close();
}

const events: readonly Event[] = [
  start(1, "a"),
  start(2, "../b"),
  output(1, "a", "one"),
  output(1, "a", ""),
  output(1, "a", "zwölf \u{1f600}"),
  output(1, "a", "oh", { stream: "stderr" }),
  output(2, "../b", "other"),
  output(2, "../b", "two\nlines", { stream: "note", severity: "warning" }),
  output(1, "a", "last"),
  { type: "progress", task: 1, site: "web", host: "a", at, doneBytes: 3 },
  output(1, "a", ""),
  {
    type: "task.end",
    task: 1,
    site: "web",
    host: "a",
    at,
    path: ["run"],
    step: "1",
    status: "ok",
    durationMs: 1,
  },
];

test("a run is read as it was written, line by line; what happened comes without the outputs too", async () => {
  write(events);
  const run = readRun(folder, "r1");
  expect([...run.all()]).toEqual(events);
  expect(run.events.map(({ type }) => type)).toEqual(["task.start", "task.start", "task.end"]);
  expect(await readdir(join(folder, "r1"))).toEqual([".._b.log", "a.log"]);
  expect(await readFile(join(folder, "r1", "a.log"), "utf8")).toContain(
    `${at} web run: one\n\nzwölf \u{1f600}\n${at} web run: oh\n`,
  );
});

test("much output takes about as much room as itself, with lines of any length", async () => {
  const lines = Array.from({ length: 100_000 }, (_, index) => output(1, "a", String(index)));
  const long = output(1, "a", "x".repeat(300_000));
  write([start(1, "a"), ...lines, long, start(2, "a")]);
  const bytes = lines.reduce((sum, { line }) => sum + line.length + 1, 300_001);
  const sizes = await Promise.all(
    ["r1.ndjson", "r1/a.log"].map(async (name) => (await stat(join(folder, name))).size),
  );
  expect(sizes[0]! + sizes[1]!).toBeLessThan(1.05 * bytes);
  const read = [...readRun(folder, "r1").all()].flatMap((event) =>
    event.type === "output" ? [event.line] : [],
  );
  expect(read).toEqual([...lines, long].map(({ line }) => line));
});

test("a run whose files were cut short, and one of an older hostout, are read as far as they go", async () => {
  write(events);
  await truncate(join(folder, "r1", "a.log"), (await stat(join(folder, "r1", "a.log"))).size - 60);
  expect([...readRun(folder, "r1").all()].length).toBeGreaterThan(8);
  await rm(join(folder, "r1"), { recursive: true });
  expect([...readRun(folder, "r1").all()]).toContainEqual(
    output(1, "a", "(the file that has it was removed)"),
  );
  const old = [{ ...request, run: "r2" }, ...events].map((one) => `${JSON.stringify(one)}\n`).join("");
  await writeFile(join(folder, "r2.ndjson"), `${old}{"type":"out`);
  const run = readRun(folder, "r2");
  expect([...run.all()]).toEqual(events);
  expect(run.events).toHaveLength(3);
});

/** Replaces an open file of this process with one on a full disk. */
function fill(file: string): void {
  const isIt = (name: string) => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`) === file;
    } catch {
      return false;
    }
  };
  const descriptor = Number(readdirSync("/proc/self/fd").find(isIt));
  closeSync(descriptor);
  // The system gives the lowest free number.
  const others: number[] = [];
  for (let full = openSync("/dev/full", "w"); full !== descriptor; full = openSync("/dev/full", "w"))
    others.push(full);
  for (const other of others) closeSync(other);
}

test("a disk that fills while a command writes is told once, and is no fault of the task", async () => {
  const told: string[] = [];
  const journal = openJournal(folder, request as unknown as RequestRecord, (why) => told.push(why));
  fill(join(folder, "r1.ndjson"));
  journal.event(output(1, "a", "one"));
  await sleep(600);
  for (const event of events) journal.event(event);
  journal.close();
  expect(told).toEqual([expect.stringContaining("cannot be written any more")]);
});

test("a journal of many hosts holds one file open, and misses nothing", () => {
  const isHere = (name: string) => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`).startsWith(folder);
    } catch {
      return false;
    }
  };
  const hosts = Array.from({ length: 200 }, (_, index) => `h${index}`);
  const all = hosts.flatMap((host, task) => [start(task, host), output(task, host, `at ${host}`)]);
  const journal = openJournal(folder, request as unknown as RequestRecord, (why) => {
    throw new Error(why);
  });
  for (const event of [...all, ...all.slice(1, 2)]) journal.event(event);
  expect(readdirSync("/proc/self/fd").filter(isHere)).toHaveLength(1);
  journal.close();
  expect([...readRun(folder, "r1").all()]).toEqual([...all, all[1]]);
});

test("a journal that cannot be read is named and left out, and a folder of runs that cannot be read keeps no run from its name", async () => {
  const runs = join(folder, ".hostout/runs");
  await mkdir(runs, { recursive: true });
  const config = join(folder, "hostout.cfg");
  await writeFile(join(runs, "1-good.ndjson"), `${JSON.stringify({ ...request, config })}\n`);
  await writeFile(join(runs, "2-empty.ndjson"), "");
  await writeFile(join(runs, "3-null.ndjson"), "null\n");
  await writeFile(join(runs, "4-zeros.ndjson"), Buffer.alloc(5000));
  await mkdir(join(runs, "5-folder.ndjson"));
  const lines: string[] = [];
  expect([...runsOf(config, (line) => lines.push(line))].map((run) => run.request.run)).toEqual(["r1"]);
  expect(lines).toEqual(
    ["EISDIR", "4-zeros", "3-null", "2-empty"].map((name) =>
      expect.stringMatching(`${name}.*; hostout skips this run$`),
    ),
  );
  await writeFile(config, "");
  expect(nameOfRun(config, 0)).toMatch(/^19700101T000000000Z-/);
});

test("a journal of any size is read in little memory and time, also with a line longer than a string", async () => {
  // HOSTOUT_JOURNAL_MB=600 makes a file larger than the longest string.
  const megabytes = Number(process.env.HOSTOUT_JOURNAL_MB ?? 16);
  const file = await open(join(folder, "r1.ndjson"), "w");
  await file.write(`${JSON.stringify(request)}\n${JSON.stringify(start(1, "a"))}\n`);
  const old = `${JSON.stringify(output(1, "a", "x".repeat(4000)))}\n`.repeat(256);
  for (let size = 0; size < megabytes; size++) await file.write(old);
  await file.write(`{"type":"task.start","note":"`);
  for (let size = 0; size < Math.max(megabytes, 70); size++) await file.write("y".repeat(1024 * 1024));
  await file.write(`"}\n${JSON.stringify(start(2, "b"))}`);
  await file.close();
  const beganMs = performance.now();
  const run = readRun(folder, "r1");
  expect(run.events).toEqual([start(1, "a"), start(2, "b")]);
  if (megabytes >= 600) {
    const { maxRSS } = process.resourceUsage();
    process.stderr.write(`${megabytes} MB in ${Math.round(performance.now() - beganMs)} ms, ${maxRSS} KiB\n`);
    let count = 0;
    for (const event of run.all()) if (event.type === "output") count++;
    expect(count).toBe(megabytes * 256);
  }
}, 600_000);
