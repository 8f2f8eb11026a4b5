import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { followScript, startScript, vanished } from "./detached-scripts.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "hostout-steps-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const run = (script: string, ...words: readonly string[]) =>
  spawnSync("sh", ["-c", script, "hostout", ...words], {
    encoding: "utf8",
    env: { PATH: process.env.PATH, HOME: home },
    timeout: 5000,
  });

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
