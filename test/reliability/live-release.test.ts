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

/** The first line of the newest journal. */
function newestRun(): { readonly run: string; readonly process: { readonly pid: number } } {
  const runs = join(bed.folder, ".hostout/runs");
  const [run = ""] = readdirSync(runs)
    .filter((name) => name.endsWith(".ndjson"))
    .sort()
    .reverse();
  return JSON.parse(readFileSync(join(runs, run), "utf8").split("\n")[0]!);
}

/** Writes a page and the options of the site. */
function write(text: string, options: string) {
  const head = `[web]\nhost = a.example.com\nuser = ${bed.user}\npath = ~/web\ncommands-as = effective\ninclude = htdocs\nverify-timeout = 1s\n`;
  return bed.write({ "hostout.cfg": `${head}${options}`, "htdocs/index.html": text });
}

/** Writes as {@link write}, then runs a command of the site. */
async function hostout(text: string, options: string, ...words: readonly string[]) {
  await write(text, options);
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
  const { code, stderr } = await bed.hostout("resume", run.replace(".ndjson", ""));
  expect([code, page(), stderr]).toEqual([
    4,
    "good again",
    expect.stringContaining("another run changed these hosts"),
  ]);
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
      `a\\.example\\.com: ${live()} is live, since \\d{4}-\\d\\d-\\d\\dT[\\d:]+Z by \\S+@\\S+, process \\d+; after the interrupted run it was `,
    ),
  );
});

test("resume refuses a host that its run never looked at, where another deploy came since it began; else it goes on", async () => {
  await hostout("seen", "", "deploy");
  const killed = await killedAt("package", "never sent", "");
  expect([(await hostout("carl's", "", "deploy")).code, page()]).toEqual([0, "carl's"]);
  const { code, stderr } = await bed.hostout("resume", killed);
  expect([code, page()]).toEqual([4, "carl's"]);
  expect(stderr).toMatch(
    new RegExp(
      `a\\.example\\.com: ${live()} is live, since \\S+Z by \\S+@\\S+, process \\d+; the run has not looked at this host and began at \\S+Z\\n`,
    ),
  );
  await killedAt("package", "nobody came between", "");
  expect([(await bed.hostout("resume")).code, page()]).toEqual([0, "nobody came between"]);
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

/** Deploys, and kills the client when a command begins. Resolves to the name of the run. */
async function killedAt(command: string, text: string, options: string): Promise<string> {
  await write(text, options);
  const words = [process.execPath, "--import", preload, cli, "web", "deploy"];
  expect([137, null]).toContain((await bed.run("env", `KILL_AT=${command}`, ...words)).code);
  return newestRun().run;
}

test("resume does not wait for the server that the run started, and names no script of hostout's", async () => {
  const pids = join(bed.home, "pids");
  const daemons = `start-cmd =
  setsid sleep 600 >/dev/null 2>&1 </dev/null & echo $! >>${pids}
  ( while sleep 1; do :; done ) >/dev/null 2>&1 </dev/null & echo $! >>${pids}
`;
  await killedAt("verify", "with a server", daemons);
  const started = readFileSync(pids, "utf8").trim().split("\n").map(Number);
  try {
    for (const pid of started) expect(() => process.kill(pid, 0)).not.toThrow();
    const { code, stdout, stderr } = await bed.hostout("resume");
    expect([code, page(), code === 0 ? "" : stdout + stderr]).toEqual([0, "with a server", ""]);
  } finally {
    for (const pid of started) process.kill(pid, "SIGTERM");
  }
});

test("resume waits for a start-cmd that has not come to its end, and names it in words", async () => {
  const gate = join(bed.home, "start-gate");
  const slow = `start-cmd = echo begun >>${gate}.begun; while [ ! -e ${gate} ]; do sleep 0.1; done\n`;
  await write("slow start", slow);
  const going = bed.hostout("web", "deploy");
  while (!existsSync(`${gate}.begun`)) await sleep(50);
  process.kill(newestRun().process.pid, "SIGKILL");
  await going;
  for (const words of [["resume"], ["resume", "--dry-run"]]) {
    const refused = await bed.hostout(...words);
    expect([refused.code, refused.stderr]).toEqual([
      5,
      expect.stringMatching(/commands of the run still run on:\n {2}a\.example\.com: \d+ a step of hostout/),
    ]);
    expect(refused.stderr).not.toMatch(/set -u|umask|HOSTOUT_/);
  }
  writeFileSync(gate, "");
  // Whoever unlocks the site meanwhile does not mean to go on with that.
  expect((await bed.hostout("web", "unlock")).code).toBe(0);
  await sleep(500);
  expect([(await bed.hostout("resume")).code, page()]).toEqual([0, "slow start"]);
  expect(readFileSync(`${gate}.begun`, "utf8")).toBe("begun\nbegun\n");
});

test("activate fails where another release is live than was when it was prepared; a clean-up leaves that", async () => {
  await hostout("before", "", "deploy");
  expect((await hostout("prepared", "", "prepare")).code).toBe(0);
  expect(page()).toBe("before");
  const prepared = readdirSync(join(site(), "releases")).sort().at(-1)!;
  const log = join(bed.home, "stopped");
  expect((await hostout("bob's", `keep = 0\nstop-cmd = echo stop >>${log}\n`, "deploy")).code).toBe(0);
  const stops = readFileSync(log, "utf8");
  for (const words of [["activate"], ["activate", "--dry-run"], ["go-live"]]) {
    const { code, stdout } = await bed.hostout("web", ...words);
    expect([words, code, page(), stdout]).toEqual([
      words,
      4,
      "bob's",
      expect.stringMatching(
        new RegExp(
          `${prepared} was prepared by \\S+@\\S+ at \\S+Z, when \\S+ was live; since then \\S+@\\S+, process \\d+ has switched to ${live()} at \\S+Z; nothing was switched[\\s\\S]*activate ${prepared}`,
        ),
      ),
    ]);
  }
  expect(readFileSync(log, "utf8")).toBe(stops);
  expect((await bed.hostout("web", "releases")).stdout).toMatch(/\bprepared\b/);
  expect([(await bed.hostout("web", "activate", prepared)).code, page()]).toEqual([0, "prepared"]);
  expect([(await bed.hostout("web", "activate")).stdout, page()]).toEqual([
    expect.stringContaining(`${prepared} is live`),
    "prepared",
  ]);
});

test("activate serves what was prepared last, also where that is an older release; a deploy of it takes the mark", async () => {
  await hostout("old", "", "deploy");
  await hostout("new", "", "deploy");
  expect((await hostout("first", "", "prepare")).code).toBe(0);
  expect((await hostout("old", "", "prepare")).code).toBe(0);
  expect([(await bed.hostout("web", "activate")).code, page()]).toEqual([0, "old"]);
  // What the same person prepared before is not meant any more.
  expect([(await bed.hostout("web", "activate")).code, page()]).toEqual([0, "old"]);
  expect((await hostout("late", "", "prepare")).code).toBe(0);
  expect((await hostout("other", "", "deploy")).code).toBe(0);
  expect((await hostout("late", "", "deploy")).code).toBe(0);
  expect([(await bed.hostout("web", "activate")).code, page()]).toEqual([0, "late"]);
});

/** The sshd that serves the connection of whoever holds the lock of the site. */
function sshdOfLock(): number {
  const textOf = (pid: string, file: string) => {
    try {
      return readFileSync(join("/proc", pid, file), "latin1");
    } catch {
      return "";
    }
  };
  const isHolder = (pid: string) =>
    textOf(pid, "environ").includes("HOSTOUT_LOCK=") &&
    textOf(pid, "cmdline").includes(`hostout\0${site()}\0`);
  let pid = readdirSync("/proc").find((name) => /^\d+$/.test(name) && isHolder(name)) ?? "";
  while (pid !== "" && !textOf(pid, "comm").startsWith("sshd"))
    pid = /^PPid:\t(\d+)$/m.exec(textOf(pid, "status"))?.[1] ?? "";
  return Number(pid);
}

test("where the line breaks in a stop and the host does not notice, resume frees the lock of its run at once", async () => {
  const log = join(bed.home, "cut-stop");
  const gate = `${log}.gate`;
  const stop = `stop-cmd = echo stop >>${log}; while [ ! -e ${gate} ]; do sleep 0.1; done\n`;
  await write("cut in the stop", `${stop}start-cmd = echo start >>${log}\n`);
  const going = bed.hostout("web", "deploy");
  while (!existsSync(log)) await sleep(50);
  const sshd = sshdOfLock();
  process.kill(sshd, "SIGSTOP");
  try {
    process.kill(newestRun().process.pid, "SIGKILL");
    await going;
    writeFileSync(gate, "");
    await sleep(500);
    expect((await bed.hostout("web", "stop")).code).toBe(5);
    const { code, stdout, stderr } = await bed.hostout("resume");
    expect([code, page(), code === 0 ? "" : stdout + stderr]).toEqual([0, "cut in the stop", ""]);
    expect(readFileSync(log, "utf8").trim().split("\n").at(-1)).toBe("start");
  } finally {
    process.kill(sshd, "SIGKILL");
  }
});
