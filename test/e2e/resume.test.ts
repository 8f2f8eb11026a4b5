import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { startThrowAway, type ThrowAway } from "../bed/throw-away.ts";

const root = dirname(dirname(import.meta.dirname));
const bin = join(root, "packages", "cli", "bin", "hostout.js");

let bed: ThrowAway;
beforeAll(async () => {
  bed = await startThrowAway();
  await bed.write({
    "steps.ts": `import { definePlugin } from "@hostout/kit";
      const append = (name, detached) => ({ summary: name, run: async ({ remote, host }) => {
        const line = 'echo ' + name + ' ' + host.name + ' >>"$HOME/log"';
        await remote.run(["sh", "-c", detached ? "sleep 0.3; " + line : line], { quiet: true, detached });
      } });
      export const plugin = definePlugin({ name: "steps", commands: {
        one: append("one", false), two: append("two", false), three: append("three", false),
        kept: append("kept", true), alone: append("alone", true),
        ship: { summary: "Ship", before: ["one"], steps: [{ rolling: true, steps: ["two", "three"] }] },
        sail: { summary: "Sail", steps: ["kept", "alone"] },
        fails: { summary: "Fail", run: async ({ remote, host }) => {
          await remote.run(["sh", "-c", 'echo fails $1 >>"$HOME/log"; test -e "$HOME/mended" || test $1 != b.example.com', "sh", host.name], { quiet: true });
          return { status: "ok", value: host.name, note: "did not fail" };
        } },
        back: append("back", false),
        bad: { summary: "Fail", run: async ({ remote, host }) => {
          await remote.run(["sh", "-c", 'echo bad $1 >>"$HOME/log"; test -e "$HOME/mended" || test $1 != c.example.com', "sh", host.name], { quiet: true });
        } },
        roll: { summary: "Roll", steps: ["one", { rolling: true, steps: ["two", "bad"], undo: ["back"] }, "three"] },
        slow: { summary: "Slow", run: async ({ remote }) => { await remote.run(["sh", "-c", 'echo slow >>"$HOME/log"; until [ -e "$HOME/go" ]; do sleep 0.1; done; echo end >>"$HOME/log"'], { quiet: true }); } },
        open: { summary: "Open", args: {}, run: async () => {} },
      } });`,
    "hostout.cfg": `[web]\nhost = ${["a", "b", "c", "d", "e"].map((name) => `${name}.example.com`).join(" ")}\nuser = ${bed.user}\ntasks = steps.ts\n`,
  });
});
afterAll(() => bed.stop());

const log = () => join(bed.home, "log");
const lines = () => (existsSync(log()) ? readFileSync(log(), "utf8").trim().split("\n") : []);
const reset = () => {
  rmSync(log(), { force: true });
  rmSync(join(bed.folder, ".hostout"), { recursive: true, force: true });
};

/** Runs hostout until so many lines of its journal are written; resolves to whether it was killed there. */
async function killedAfter(count: number, ...words: string[]): Promise<boolean> {
  const preload = join(import.meta.dirname, "kill-after.mjs");
  const { code } = await bed.run(
    "env",
    `KILL_AFTER=${count}`,
    process.execPath,
    "--import",
    preload,
    bin,
    ...words,
  );
  return code === null || code === 137;
}

const five = (...names: string[]) =>
  names.flatMap((name) => ["a", "b", "c", "d", "e"].map((host) => `${name} ${host}.example.com`)).sort();

test("after SIGKILL at every event of a run over five hosts, resume repeats no step and leaves none out", async () => {
  let count = 1;
  for (; ; count++) {
    reset();
    const wasKilled = await killedAfter(count, "web", "ship", "--jobs", "1");
    const resumed = await bed.hostout("resume");
    if (!wasKilled) {
      expect([resumed.code, resumed.stderr]).toEqual([
        2,
        expect.stringContaining("cannot be resumed: the run succeeded"),
      ]);
      break;
    }
    // All events were there: only the end of the program was not.
    const ended = /the run succeeded/.test(resumed.stderr);
    expect([count, ended || resumed.code]).toEqual([count, ended ? true : 0]);
    expect([count, lines().toSorted()]).toEqual([count, five("one", "two", "three")]);
  }
  expect(count).toBeGreaterThan(30);
}, 900_000);

test("side by side, steps that run detached are taken up where the client was killed", async () => {
  for (const count of [3, 7, 9, 12, 16]) {
    reset();
    expect(await killedAfter(count, "web", "sail")).toBe(true);
    const { code, stdout, stderr } = await bed.hostout("resume");
    expect([count, code, code === 0 ? "" : stdout + stderr]).toEqual([count, 0, ""]);
    expect([count, lines().toSorted()]).toEqual([count, five("alone", "kept")]);
  }
});

test("a resume that is killed can be resumed", async () => {
  reset();
  await killedAfter(8, "web", "ship", "--jobs", "1");
  await killedAfter(8, "resume");
  await killedAfter(8, "resume");
  expect((await bed.hostout("resume")).code).toBe(0);
  expect(lines().toSorted()).toEqual(five("one", "two", "three"));
});

test("a run that failed on a host goes on there when it was mended; --failed names that host alone", async () => {
  reset();
  const failed = await bed.hostout("web", "one", "fails", "two", "--jobs", "1");
  expect([failed.code, failed.stdout]).toEqual([
    3,
    expect.stringContaining("'hostout resume' does the steps that are left."),
  ]);
  const only = await bed.hostout("web", "one", "--failed", "--dry-run");
  expect(only.stdout).toContain("web on b.example.com,");
  await bed.run("touch", join(bed.home, "mended"));
  expect((await bed.hostout("resume")).code).toBe(0);
  expect(lines().toSorted()).toEqual([...five("one", "two", "fails"), "fails b.example.com"].sort());
  const none = await bed.hostout("web", "one", "--failed");
  expect([none.code, none.stderr]).toEqual([
    2,
    expect.stringContaining("none of these hosts failed in the last run"),
  ]);
});

test("a look at the hosts between does not keep resume from going on with what failed", async () => {
  reset();
  rmSync(join(bed.home, "mended"), { force: true });
  expect((await bed.hostout("web", "fails")).code).toBe(3);
  expect((await bed.hostout("web", "status")).code).toBe(0);
  expect((await bed.hostout("history", "--all", "--limit", "1")).stdout).toContain("web status");
  writeFileSync(join(bed.home, "mended"), "");
  const { code, stdout } = await bed.hostout("resume");
  expect([code, lines().at(-1)]).toEqual([0, "fails b.example.com"]);
  // What was done before is told as it was told then.
  expect(stdout).toContain("[a.example.com] ok: did not fail\n[b.example.com] ok: did not fail\n");
});

test("resume takes the newest run with work left, says which, and leaves runs that a newer one did anew", async () => {
  reset();
  rmSync(join(bed.home, "mended"), { force: true });
  expect((await bed.hostout("web", "one", "fails", "two")).code).toBe(3);
  const folder = join(bed.folder, ".hostout", "runs");
  const [run = ""] = readdirSync(folder).filter((name) => name.endsWith(".ndjson"));
  // Another line came to its end since.
  expect((await bed.hostout("web", "ship")).code).toBe(0);
  writeFileSync(join(bed.home, "mended"), "");
  const count = lines().length;
  const resumed = await bed.hostout("resume");
  expect([resumed.code, lines().slice(count)]).toEqual([
    0,
    [
      "fails b.example.com",
      ...lines()
        .slice(-5)
        .filter((line) => line.startsWith("two ")),
    ],
  ]);
  expect(resumed.stderr).toMatch(
    new RegExp(
      `^hostout: resuming the run ${run.replace(".ndjson", "")}, begun at \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d: hostout web one fails two\n`,
    ),
  );
  // That run is done now, and the one that it resumed too.
  expect((await bed.hostout("resume")).stderr).toContain("the run succeeded");
  rmSync(join(bed.home, "mended"), { force: true });
  expect((await bed.hostout("web", "one", "fails", "two")).code).toBe(3);
  writeFileSync(join(bed.home, "mended"), "");
  expect((await bed.hostout("web", "one", "fails", "two")).code).toBe(0);
  expect((await bed.hostout("resume")).stderr).toContain("the run succeeded");
});

test("hosts that went back are done again: none of them is taken for deployed", async () => {
  for (const kill of [undefined, 23, 24, 25]) {
    reset();
    rmSync(join(bed.home, "mended"), { force: true });
    if (kill === undefined) expect((await bed.hostout("web", "roll", "--jobs", "1")).code).toBe(3);
    else expect(await killedAfter(kill, "web", "roll", "--jobs", "1")).toBe(true);
    const before = lines();
    const wentBack = before.filter((line) => line.startsWith("back ")).map((line) => line.split(" ")[1]);
    if (kill === undefined)
      expect(wentBack.sort()).toEqual(["a", "b", "c"].map((host) => `${host}.example.com`));
    await bed.run("touch", join(bed.home, "mended"));
    const { code, stdout, stderr } = await bed.hostout("resume", "--jobs", "1");
    expect([kill, code, code === 0 ? "" : stdout + stderr]).toEqual([kill, 0, ""]);
    const after = lines().slice(before.length);
    // What was undone anywhere is done again there, and every host comes to the end once.
    for (const host of wentBack)
      expect([kill, after]).toEqual([kill, expect.arrayContaining([`two ${host}`, `bad ${host}`])]);
    expect([kill, after.filter((line) => line.startsWith("one "))]).toEqual([kill, []]);
    expect([
      kill,
      lines()
        .filter((line) => line.startsWith("three "))
        .toSorted(),
    ]).toEqual([kill, five("three")]);
  }
});

test("resume and --failed keep to the configuration they are asked for; --help does nothing", async () => {
  reset();
  await bed.write({ "other.cfg": "[buildout]\nextends = hostout.cfg\n" });
  rmSync(join(bed.home, "mended"), { force: true });
  expect((await bed.hostout("web", "bad", "--jobs", "1")).code).toBe(3);
  expect((await bed.hostout("-c", "other.cfg", "web", "one", "--hosts", "a*")).code).toBe(0);
  const count = lines().length;
  for (const words of [
    ["resume", "--help"],
    ["help", "resume"],
  ]) {
    const { code, stdout } = await bed.hostout(...words);
    expect([code, stdout]).toEqual([0, expect.stringContaining("hostout resume [RUN]")]);
  }
  const filtered = await bed.hostout("resume", "--hosts", "a*");
  expect([filtered.code, filtered.stderr]).toEqual([
    2,
    expect.stringContaining("resume does not take --hosts"),
  ]);
  expect((await bed.hostout("-c", "other.cfg", "resume")).stderr).toMatch(
    /the run succeeded\n {2}try: .*'hostout resume RUN' resumes an earlier run/,
  );
  expect((await bed.hostout("-c", "other.cfg", "web", "one", "--failed")).stderr).toContain(
    "none of these hosts failed",
  );
  expect((await bed.hostout("-c", "other.cfg", "history")).stdout.trim().split("\n")).toHaveLength(2);
  expect(lines()).toHaveLength(count);
  await bed.run("touch", join(bed.home, "mended"));
  expect((await bed.hostout("resume")).code).toBe(0);
  expect(lines().slice(count)).toEqual(["bad c.example.com"]);
});

test("a run of another machine is gone on with only by who says that it has ended", async () => {
  reset();
  await killedAfter(6, "web", "ship", "--jobs", "1");
  const folder = join(bed.folder, ".hostout", "runs");
  const file = join(folder, readdirSync(folder).find((name) => name.endsWith(".ndjson"))!);
  writeFileSync(file, readFileSync(file, "utf8").replace(/"machine":"[^"]*"/, '"machine":"elsewhere"'));
  const refused = await bed.hostout("resume");
  expect([refused.code, refused.stderr]).toEqual([
    5,
    expect.stringMatching(/may be going on still[\s\S]*resume --yes/),
  ]);
  expect((await bed.hostout("resume", "--yes")).code).toBe(0);
  expect(lines().toSorted()).toEqual(five("one", "two", "three"));
});

test("what a host still does is not begun a second time beside it", async () => {
  reset();
  // The first event of the task is written, then its command begins.
  const child = bed.hostout("web", "slow", "--hosts", "a*");
  while (lines().length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  const going = await bed.hostout("resume");
  expect([going.code, going.stderr]).toEqual([
    5,
    expect.stringMatching(/is still going on \(process \d+ on /),
  ]);
  const [journal = ""] = readdirSync(join(bed.folder, ".hostout", "runs")).filter((name) =>
    name.endsWith(".ndjson"),
  );
  const { process: client } = JSON.parse(
    readFileSync(join(bed.folder, ".hostout", "runs", journal), "utf8").split("\n")[0]!,
  );
  process.kill(client.pid, "SIGKILL");
  await child;
  const refused = await bed.hostout("resume");
  expect([refused.code, refused.stderr]).toEqual([
    5,
    expect.stringMatching(/commands of the run still run on:\n {2}a\.example\.com: \d+ /),
  ]);
  writeFileSync(join(bed.home, "go"), "");
  while (!lines().includes("end")) await new Promise((resolve) => setTimeout(resolve, 100));
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect((await bed.hostout("resume")).code).toBe(0);
});

test("what cannot be resumed is refused, and says why", async () => {
  reset();
  const nothing = await bed.hostout("resume");
  expect([nothing.code, nothing.stderr]).toEqual([2, expect.stringContaining("there is no run of")]);
  await killedAfter(4, "web", "ship", "--jobs", "1");
  const cfg = readFileSync(join(bed.folder, "hostout.cfg"), "utf8");
  await bed.write({ "hostout.cfg": `${cfg}before.two = one\n` });
  const changed = await bed.hostout("resume");
  expect([changed.code, changed.stderr]).toEqual([
    2,
    expect.stringContaining("the steps of its commands have changed since"),
  ]);
  await bed.write({ "hostout.cfg": cfg.replace("b.example.com ", "") });
  expect((await bed.hostout("resume")).stderr).toContain("web has no host 'b.example.com' any more");
  await bed.write({ "hostout.cfg": cfg });
  await killedAfter(4, "web:password=hunter2", "web", "ship", "--jobs", "1");
  expect((await bed.hostout("resume")).stderr).toContain("its command line had a secret, which is not kept");
  const unknown = await bed.hostout("resume", "20200101");
  expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining("there is no run '20200101'")]);
});

test("history lists runs as they were typed; nothing of them can be read by others, and no secret is in them", async () => {
  reset();
  await bed.write({ "secret.cfg": `[buildout]\nextends = hostout.cfg\n[web]\npassword = hunter2secret\n` });
  await bed.hostout("web", "one", "--hosts", "a*");
  await bed.hostout("-c", "secret.cfg", "--hosts", "a*", "web", "run", "echo the word is hunter2secret");
  await killedAfter(4, "web", "ship", "--jobs", "1");
  await bed.hostout("web", "one", "--dry-run");
  const { stdout } = await bed.hostout("history");
  const rows = stdout
    .trim()
    .split("\n")
    .map((row) => row.trim().split(/ {2,}/).slice(4));
  expect(rows).toEqual([
    ["RESULT", "HOSTS", "SITES AND COMMANDS"],
    ["cut off", "5", "web ship"],
    ["ok", "1", "web --hosts a* one"],
  ]);
  const [, , [run, began, took, by] = []] = stdout.split("\n").map((row) => row.split(/ {2,}/));
  expect(began).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d$/);
  expect(took).toMatch(/^[\d.]+ m?s$/);
  expect(by).toMatch(/^\S+@\S+$/);
  expect((await bed.hostout("history", run!)).code).toBe(0);
  expect((await bed.hostout("-c", "secret.cfg", "history")).stdout).toMatch(/ok +1 +web --hosts a\* run/);
  const folder = join(bed.folder, ".hostout", "runs");
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const path = join(folder, name);
    expect([name, statSync(path).mode & 0o077]).toEqual([name, 0]);
    if (statSync(path).isFile()) expect(readFileSync(path, "utf8")).not.toContain("hunter2secret");
  }
  const data = JSON.parse((await bed.hostout("history", "--json")).stdout);
  expect(data.map(({ state, exitCode }: { state: string; exitCode?: number }) => [state, exitCode])).toEqual([
    ["cut off", undefined],
    ["ended", 0],
  ]);
  const one = await bed.hostout("history", data[1].run);
  expect(one.stdout).toMatch(/\[a\.example\.com\] one done/);
  const page = await bed.hostout("history", "--html", "nowhere/run.html");
  expect([page.code, page.stderr]).toEqual([
    2,
    "hostout: nowhere/run.html cannot be written (ENOENT)\n  try: Name a file in an existing folder that you may write to.\n",
  ]);
});

test("two runs at once in one project do not disturb each other", async () => {
  reset();
  const runs = await Promise.all(Array.from({ length: 4 }, () => bed.hostout("web", "ship")));
  expect(runs.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
  expect(lines()).toHaveLength(60);
  expect((await bed.hostout("history", "--json")).stdout.match(/"exitCode": 0/g)).toHaveLength(4);
});

test("a project that cannot be written to is run all the same", async () => {
  reset();
  await bed.write({ ".hostout": "in the way" });
  const { code, stderr } = await bed.hostout("web", "one", "--hosts", "a*");
  expect([code, stderr]).toEqual([
    0,
    expect.stringMatching(/^warning: this run has no journal, and cannot be resumed: /),
  ]);
  const failed = await bed.hostout("web", "run", "false", "--hosts", "a*");
  expect([failed.code, failed.stdout]).toEqual([4, expect.not.stringContaining("hostout resume")]);
  reset();
});
