import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { runProgram } from "../bed/run-program.ts";

const processes = () => execFileSync("ps", ["-eo", "args"], { encoding: "utf8" });
const bin = join(dirname(dirname(import.meta.dirname)), "packages", "cli", "bin", "hostout.js");

test("the demo stages and deploys, and leaves nothing behind", async () => {
  const folder = mkdtempSync(join(tmpdir(), "hostout-test-"));
  const { code, stdout } = await runProgram(process.execPath, [bin, "demo"], {
    // The demo deploys sites of its own, whatever configuration the user has named.
    env: { TMPDIR: folder, HOSTOUT_CONFIG: join(folder, "own.cfg") },
  });
  expect([code, code === 0 ? "" : stdout]).toEqual([0, ""]);
  expect(stdout).toContain(
    "Which release is live? Hello from the host of first-site. I am revision one and see 200000 bytes",
  );
  expect(stdout).toContain("Which release is live now? Hello from the host of first-site. I am revision two");
  expect(stdout).toContain("And the other one? Hello from the host of another-site.");
  expect(readdirSync(folder).filter((name) => name.startsWith("hostout-demo"))).toEqual([]);
  rmSync(folder, { recursive: true });
});

test("a demo that SIGTERM ends leaves no process and no file behind, and ends with 130", async () => {
  const folder = mkdtempSync(join(tmpdir(), "hostout-test-"));
  const child = spawn(process.execPath, [bin, "demo"], { env: { ...process.env, TMPDIR: folder } });
  let output = "";
  for await (const text of child.stdout) {
    output += text;
    if (output.includes("Which release is live?")) break;
  }
  child.kill("SIGTERM");
  const [code] = await once(child, "close");
  expect([code, readdirSync(folder)]).toEqual([130, []]);
  // A question to a host that waited for a lock sees within a moment that the folder is gone.
  for (let tries = 0; tries < 20 && processes().includes(folder); tries++) await sleep(100);
  expect(
    processes()
      .split("\n")
      .filter((args) => args.includes(folder)),
  ).toEqual([]);
  rmSync(folder, { recursive: true });
});
