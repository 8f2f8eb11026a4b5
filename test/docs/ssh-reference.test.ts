import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { sshKeywords } from "../../packages/ssh/src/config/ssh-keywords.ts";
import { sshReference } from "./ssh-reference.ts";

test("the reference of ssh's configuration is what the code has", () => {
  const root = dirname(dirname(import.meta.dirname));
  expect(readFileSync(join(root, "docs", "reference", "ssh.md"), "utf8")).toBe(sshReference());
});

/** Prints of `ssh -G` that are no keywords of a file. */
const others = ["host"];

test("each keyword that this machine's ssh prints is in the reference", () => {
  const { stdout } = spawnSync("ssh", ["-G", "-F", "/dev/null", "web1"], { encoding: "utf8" });
  const known = new Set([...others, ...sshKeywords.map(({ name }) => name.toLowerCase())]);
  const printed = (stdout ?? "").split("\n").map((line) => line.split(" ")[0]!.toLowerCase());
  expect(printed.filter((name) => name !== "" && !known.has(name))).toEqual([]);
});
