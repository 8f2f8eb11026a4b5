import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runProgram } from "../bed/run-program.ts";

const bin = join(dirname(dirname(import.meta.dirname)), "packages", "cli", "bin", "hostout.js");

test("the demo stages and deploys, and leaves nothing behind", async () => {
  const folder = mkdtempSync(join(tmpdir(), "hostout-test-"));
  const { code, stdout } = await runProgram(process.execPath, [bin, "demo"], { env: { TMPDIR: folder } });
  expect([code, code === 0 ? "" : stdout]).toEqual([0, ""]);
  expect(stdout).toContain(
    "Who serves there? Hello from the host of first-site. I am revision one and see 200000 bytes",
  );
  expect(stdout).toContain("Who serves there now? Hello from the host of first-site. I am revision two");
  expect(stdout).toContain("And the other one? Hello from the host of another-site.");
  expect(readdirSync(folder).filter((name) => name.startsWith("hostout-demo"))).toEqual([]);
  rmSync(folder, { recursive: true });
});
