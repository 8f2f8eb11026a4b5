import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endBelowScript, followScript, startScript, vanished } from "./detached-scripts.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "hostout-steps-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const runWith = (env: Readonly<Record<string, string>>, script: string, ...words: readonly string[]) =>
  spawnSync("sh", ["-c", script, "hostout", ...words], {
    encoding: "utf8",
    env: { PATH: process.env.PATH, ...env },
    timeout: 5000,
  });
const run = (script: string, ...words: readonly string[]) => runWith({ HOME: home }, script, ...words);
const start = (name: string, line: string, folder = "") =>
  runWith({ HOME: home, HOSTOUT_DETACHED: line }, startScript, name, folder);

test("what a line says is followed to its end", () => {
  const { stdout: folder } = start("a.1", "echo said; sleep 0.3; exit 3");
  expect(run(followScript, folder, "0", "0")).toMatchObject({ status: 0, stdout: "said\n" });
  expect(readFileSync(join(folder, "exit"), "utf8")).toBe("3\n");
});

test("a line of before the machine was started anew is lost, whoever has the number of its process now", () => {
  const { stdout: folder } = start("a.1", "exec sleep 3");
  writeFileSync(join(folder, "boot"), "another\n");
  writeFileSync(join(folder, "pid"), `${process.pid}\n`);
  expect(run(followScript, folder, "0", "0").status).toBe(vanished);
  writeFileSync(join(folder, "exit"), "0\n");
  expect(run(followScript, folder, "0", "0").status).toBe(0);
});

test("a link that somebody put where everybody may write is not followed: what is old where it leads stays", () => {
  const kept = join(home, "data", "steps", "kept");
  mkdirSync(kept, { recursive: true });
  utimesSync(kept, 0, 0);
  symlinkSync(join(home, "data"), join(home, `.hostout-${process.getuid!()}`));
  const { status, stderr } = runWith(
    { HOME: join(home, "gone"), TMPDIR: home, HOSTOUT_DETACHED: "true" },
    startScript,
    "a.1",
  );
  expect([status, stderr]).toEqual([1, expect.stringContaining("needs a folder of")]);
  expect(readdirSync(join(home, "data", "steps"))).toEqual(["kept"]);
});

test("what works below a folder is ended with all its lines, and neither what works elsewhere nor a server that was left", () => {
  const releases = join(home, "releases");
  // A duration that no other process sleeps.
  const sleep = (number: number) => `sleep 60.${number}${process.pid}`;
  const begin = (name: string, folder: string, line: string) => {
    mkdirSync(join(releases, folder), { recursive: true });
    start(name, `cd ${join(releases, folder)} && { ${line}\n}`, join(releases, folder));
  };
  begin("a.1", "a", `${sleep(1)}; echo next >>next; ${sleep(2)}`);
  begin("a.10", "live", `${sleep(3)} &`);
  begin("b.1", "b", sleep(4));
  begin("c.1", "../others/c", sleep(5));
  const pidOf = (number: number) =>
    spawnSync("pgrep", ["-fx", sleep(number)], { encoding: "utf8" }).stdout.trim();
  const running = () => [1, 2, 3, 4, 5].filter((number) => pidOf(number) !== "");
  try {
    while (running().length < 4) spawnSync("sleep", ["0.1"]);
    const ended = run(endBelowScript, releases, join(releases, "b"));
    expect([ended.status, ended.stdout]).toEqual([0, `${join(releases, "a")}\n`]);
    expect(running()).toEqual([3, 4, 5]);
    expect(readdirSync(join(releases, "a"))).toEqual([]);
    expect(run(endBelowScript, home, "").stdout.trim().split("\n").sort()).toEqual([
      join(home, "others/c"),
      join(releases, "b"),
    ]);
  } finally {
    for (const number of running()) process.kill(Number(pidOf(number)));
  }
});
