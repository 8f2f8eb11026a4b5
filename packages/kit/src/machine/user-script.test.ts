import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { userScript } from "./user-script.ts";

const folder = mkdtempSync(join(tmpdir(), "user-script-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the lines of an option in one shell. Returns their output and status. */
function run(shell: readonly string[], lines: readonly string[], goesOn = false) {
  const [program = "", ...words] = shell;
  const { text } = userScript(lines, "start-cmd", goesOn);
  const { status, stdout, stderr } = spawnSync(program, [...words, "-c", text], { cwd: folder });
  return { status, out: stdout.toString().trim().split("\n"), err: stderr.toString() };
}

describe.each([["dash"], ["bash"], ["busybox", "sh"]])("the lines of an option in %s %s", (...words) => {
  const shell = words.filter((word) => typeof word === "string");

  test("a line acts on the lines below: cd, export, umask, set, functions", () => {
    const lines = ["cd /", "export A=b", "umask 027", "hello() { echo $1 $A; }", "hello $(pwd)", "umask"];
    expect(run(shell, lines)).toEqual({ status: 0, out: ["/ b", "0027"], err: "" });
  });

  test("several lines are one command where the shell says so: if, case, here-documents, quotes, backslashes", () => {
    const lines = [
      "if true; then",
      "echo one",
      "else",
      "echo never",
      "fi",
      "case x in",
      "x) echo two;;",
      "esac",
      "cat <<END",
      "three",
      "END",
      "echo 'four",
      "five' \\",
      "six",
      "# a comment",
      "for n in 7 8; do",
      "echo $n",
      "done",
    ];
    const out = ["one", "two", "three", "four", "five six", "7", "8"];
    expect(run(shell, lines)).toEqual({ status: 0, out, err: "" });
  });

  test("a line that fails ends the script, and is named with its folder", () => {
    const { status, out, err } = run(shell, ["cd /", "echo one", "(exit 3)", "echo never"]);
    expect([status, out, err]).toEqual([3, ["one"], "start-cmd: '(exit 3)' ended with 3 (in /)\n"]);
  });

  test("the status of a line is that of its last command, as it is without other lines", () => {
    expect(run(shell, ["false; echo one", "false || echo two"])).toMatchObject({
      status: 0,
      out: ["one", "two"],
    });
  });

  test("a command that fails within several lines ends the script", () => {
    const { status, out } = run(shell, ["if true; then", "false", "echo never", "fi", "echo never"]);
    expect([status, out]).toEqual([1, [""]]);
  });

  test("an if that never ends is told, and none of its lines is run", () => {
    const { status, out, err } = run(shell, ["echo one", "if true; then", "echo never"]);
    expect([status === 0, out]).toEqual([false, ["one"]]);
    expect(err).toContain("start-cmd: 'if true; then");
  });

  test("where a failure does not count, each line is run, and the first status is told at the end", () => {
    const { status, out, err } = run(shell, ["cd /", "(exit 3)", "pwd", "false", "echo two"], true);
    expect([status, out]).toEqual([3, ["/", "two"]]);
    expect(err).toContain("start-cmd: '(exit 3)' ended with 3; the other lines are run");
  });

  test("exit ends the script with its status", () => {
    expect(run(shell, ["echo one", "exit 0", "echo never"])).toEqual({ status: 0, out: ["one"], err: "" });
  });

  test("a group of supervisorctl is not a pattern of files, and patterns of other lines are", () => {
    writeFileSync(join(folder, "site:one"), "");
    const lines = [
      'supervisorctl() { echo "$*"; }',
      "true && supervisorctl restart site:* other:*",
      "echo site:*",
    ];
    expect(run(shell, lines).out).toEqual(["restart site:* other:*", "site:one"]);
  });
});
