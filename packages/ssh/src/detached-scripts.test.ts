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
import { followScript, startScript, vanished } from "./detached-scripts.ts";

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

test("what a line says is followed to its end", () => {
  const { stdout: folder } = run(startScript, "a.1", "echo said; sleep 0.3; exit 3");
  expect(run(followScript, folder, "0", "0")).toMatchObject({ status: 0, stdout: "said\n" });
  expect(readFileSync(join(folder, "exit"), "utf8")).toBe("3\n");
});

test("a line of before the machine was started anew is lost, whoever has the number of its process now", () => {
  const { stdout: folder } = run(startScript, "a.1", "exec sleep 3");
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
  const { status, stderr } = runWith({ HOME: join(home, "gone"), TMPDIR: home }, startScript, "a.1", "true");
  expect([status, stderr]).toEqual([1, expect.stringContaining("needs a folder of")]);
  expect(readdirSync(join(home, "data", "steps"))).toEqual(["kept"]);
});
