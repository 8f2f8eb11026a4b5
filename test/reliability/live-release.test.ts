import {
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startThrowAway, type ThrowAway } from "../bed/throw-away.ts";

const preload = join(import.meta.dirname, "kill-at.mjs");
const cli = join(import.meta.dirname, "..", "..", "packages", "cli", "bin", "hostout.js");

let bed: ThrowAway;
beforeAll(async () => {
  bed = await startThrowAway();
});
afterAll(() => bed.stop());

const site = () => join(bed.home, "web");
const page = () => readFileSync(join(site(), "current/htdocs/index.html"), "utf8");
const live = () => readlinkSync(join(site(), "current")).replace("releases/", "");

/** Writes a page and the options of the site, then runs a command of it. */
async function hostout(text: string, options: string, ...words: readonly string[]) {
  const head = `[web]\nhost = a.example.com\nuser = ${bed.user}\npath = ~/web\ncommands-as = effective\ninclude = htdocs\nverify-timeout = 1s\n`;
  await bed.write({ "hostout.cfg": `${head}${options}`, "htdocs/index.html": text });
  return bed.hostout("web", ...words);
}

test("a release whose check prints 200 kB on one line is rolled back, and failures do not pile up", async () => {
  expect((await hostout("good", "", "deploy")).code).toBe(0);
  const loud = "verify = yes 0123456789 | head -c 200000 | tr -d '\\n' >&2; false\n";
  for (const text of ["bad", "worse"]) {
    const { code } = await hostout(text, loud, "deploy");
    expect([code, page()]).toEqual([7, "good"]);
  }
  const { code } = await hostout("built", "build-command = touch built; false\n", "deploy");
  expect([code, page()]).toEqual([4, "good"]);
  const folders = readdirSync(join(site(), "releases")).filter((name) => name !== live());
  expect(folders).toEqual([expect.stringMatching(/^\..*\.failed$/)]);
  expect(existsSync(join(site(), "releases", folders[0]!, "built"))).toBe(true);
  expect(readdirSync(join(site(), ".hostout/packages")).filter((name) => name.endsWith(".tar"))).toHaveLength(
    2,
  );
});

test("resume of a deploy whose failed release was removed since stops nothing", async () => {
  const stops = join(bed.home, "stops-of-failures");
  const options = `stop-cmd = echo stops >>${stops}\n`;
  await hostout("good again", options, "deploy");
  expect((await hostout("one", `${options}verify = false\n`, "deploy")).code).toBe(7);
  const [run = ""] = readdirSync(join(bed.folder, ".hostout/runs"))
    .filter((name) => name.endsWith(".ndjson"))
    .sort()
    .reverse();
  expect((await hostout("two", `${options}verify = false\n`, "deploy")).code).toBe(7);
  const before = readFileSync(stops, "utf8");
  const { code, stdout } = await bed.hostout("resume", run.replace(".ndjson", ""));
  expect([code, page(), stdout]).toEqual([4, "good again", expect.stringContaining("nothing was stopped")]);
  expect(readFileSync(stops, "utf8")).toBe(before);
});

/** Packages on the host, or here. */
const tarsIn = (folder: string) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".tar"))
    .map((name) => join(folder, name));

const damages: readonly (readonly [string, (file: string) => void])[] = [
  ["is empty, as after a power cut", (file) => truncateSync(file, 0)],
  ["ends after one of its files", (file) => truncateSync(file, 1024)],
  ["is all zeros", (file) => writeFileSync(file, Buffer.alloc(statSync(file).size))],
  [
    "has one wrong byte",
    (file) => {
      const bytes = readFileSync(file);
      bytes[600]! ^= 1;
      writeFileSync(file, bytes);
    },
  ],
];

test.each(damages)(
  "a package on the host that %s is sent again, and blocks no deploy",
  async (how, damage) => {
    const files = { "htdocs/a.html": how, "htdocs/b.html": "b".repeat(3000), "htdocs/c/d.html": "d" };
    await bed.write(files);
    const isWhole = () =>
      Object.entries(files).every(
        ([name, text]) => readFileSync(join(site(), "current", name), "utf8") === text,
      );
    expect((await hostout(how, "", "deploy")).code).toBe(0);
    const isBase = how === damages.at(-1)![0];
    for (const file of tarsIn(join(site(), ".hostout/packages"))) damage(file);
    const text = isBase ? `${how}, changed` : how;
    const { code, stdout } = await hostout(text, "", "deploy", ...(isBase ? [] : ["--rebuild"]));
    expect([code, code === 0 ? "" : stdout]).toEqual([0, ""]);
    expect([page(), isWhole()]).toEqual([text, true]);
  },
);

test("an archive on this machine that is damaged is not sent, and is made anew by the next deploy", async () => {
  await hostout("here", "", "deploy");
  // What changed just now is read again.
  await sleep(2600);
  await bed.hostout("web", "deploy");
  const before = live();
  for (const file of tarsIn(join(site(), ".hostout/packages"))) truncateSync(file, 0);
  for (const file of tarsIn(join(bed.folder, ".hostout/packages"))) damages[2]![1](file);
  const first = await bed.hostout("web", "deploy", "--rebuild");
  expect([first.code, first.stdout]).toEqual([4, expect.stringContaining("was damaged on this machine")]);
  expect(live()).toBe(before);
  expect([(await bed.hostout("web", "deploy")).code, page()]).toEqual([0, "here"]);
});

test("a run that lost its lock while it stopped the site does not start it, as another run has it", async () => {
  const log = join(bed.home, "log");
  const gate = join(bed.home, "gate");
  const options = (who: string, stop: string) =>
    `stop-cmd = echo ${who} stops >>${log}; ${stop}\nstart-cmd = echo ${who} starts >>${log}\n`;
  const lines = () => (existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : []);
  await hostout("before", "", "deploy");
  const first = hostout("first", options("first", `while [ ! -e ${gate} ]; do sleep 0.1; done`), "deploy");
  while (!lines().includes("first stops")) await sleep(50);
  const second = `${options("second", "true")}verify = test ! -e ${log}.first\n`;
  expect((await hostout("second", second, "unlock")).code).toBe(0);
  const stop = await bed.hostout("web", "deploy");
  writeFileSync(gate, "");
  expect([stop.code, page()]).toEqual([0, "second"]);
  expect([(await first).code, page()]).toEqual([5, "second"]);
  expect(lines()).toEqual(["first stops", "second stops", "second starts"]);
});

test("a log of 5 MB of switches hides neither what is live nor what was live before", async () => {
  const stops = `stop-cmd = echo stops >>${join(bed.home, "stops")}\n`;
  await hostout("one", stops, "deploy");
  const log = join(site(), ".hostout/served.log");
  const last = readFileSync(log, "utf8");
  writeFileSync(log, "20260101T000000Z\t20250101T000000000Z-00000000\n".repeat(100_000) + last);
  expect((await hostout("two", stops, "deploy")).code).toBe(0);
  expect(readFileSync(join(bed.home, "stops"), "utf8")).toContain("stops");
  expect([(await bed.hostout("web", "rollback")).code, page()]).toEqual([0, "one"]);
});

test("resume refuses to go on where another deploy came between, and names who and when", async () => {
  await hostout("old", "", "deploy");
  await bed.write({ "htdocs/index.html": "ann's" });
  const going = bed.run("env", "KILL_AT=verify", process.execPath, "--import", preload, cli, "web", "deploy");
  expect([137, null]).toContain((await going).code);
  expect(page()).toBe("ann's");
  const [run] = readdirSync(join(bed.folder, ".hostout/runs"))
    .filter((name) => name.endsWith(".ndjson"))
    .sort()
    .reverse();
  expect((await hostout("bob's", "", "deploy")).code).toBe(0);
  const { code, stderr } = await bed.hostout("resume", run!.replace(".ndjson", ""));
  expect([code, page()]).toEqual([4, "bob's"]);
  expect(stderr).toMatch(
    new RegExp(
      `a\\.example\\.com: ${live()} is live, since \\d{4}-\\d\\d-\\d\\dT[\\d:]+Z by \\S+@\\S+, process \\d+; that run left `,
    ),
  );
});

test("resume takes the run that began last, also where the clock went back since", async () => {
  const killed = (text: string, ...env: readonly string[]) =>
    bed
      .write({ "htdocs/index.html": text })
      .then(() =>
        bed.run("env", "KILL_AT=verify", ...env, process.execPath, "--import", preload, cli, "web", "deploy"),
      );
  await killed("first");
  const clock = join(import.meta.dirname, "clock-back.mjs");
  await killed("second", `NODE_OPTIONS=--import ${clock}`, "CLOCK_BACK_DAYS=1");
  expect(page()).toBe("second");
  const { code, stdout } = await bed.hostout("resume");
  expect([code, page(), stdout]).toEqual([0, "second", expect.stringContaining(`version ${live()}`)]);
});
