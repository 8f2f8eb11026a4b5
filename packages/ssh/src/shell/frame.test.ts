import { spawn } from "node:child_process";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { type Command, type RunOptions, sh, shellText } from "@hostout/kit";
import { describeUnless, lacks } from "../../../../test/bed/describe-with.ts";
import { frame, newMarks, sharedScript } from "./frame.ts";
import { splitOutput } from "./output-splitter.ts";

describe.each(["dash", "bash --posix", "bash", "busybox sh"])("commands in one shell", (name) => {
  const [program = "", ...more] = name.split(" ");
  describeUnless(lacks(program, ...more, "-c", "true"), name, () => tests(program, more));
});

function tests(program: string, more: readonly string[]) {
  let shell: ReturnType<typeof open>;
  beforeEach(() => {
    shell = open(program, more);
  });
  afterEach(() => shell.end());

  test("have their own status, outputs, input and process", async () => {
    expect(await shell.run(["sh", "-c", "echo out; echo err >&2; exit 3"])).toEqual(["3", "out\n", "err\n"]);
    expect(await shell.run(["cat"])).toEqual(["0", "", ""]);
    expect(await shell.run(["printf", "%s", "it's\n$(x) `y`"])).toEqual(["0", "it's\n$(x) `y`", ""]);
    expect(await shell.run(["pwd"], { cwd: "/tmp" })).toEqual(["0", "/tmp\n", ""]);
    expect(await shell.run(sh`echo "$A"; exit 4`, { env: { A: "b c" } })).toEqual(["4", "b c\n", ""]);
    // The program takes the place of the subshell, and the line has a shell of its own.
    const [, process] = await shell.run(sh`echo $$; kill $$; echo not there`);
    expect(Number(process)).toBeGreaterThan(0);
    expect(Number(process)).not.toBe(shell.pid);
  });

  test("may fail, change their shell, and close their outputs", async () => {
    const [status, stdout, stderr] = await shell.run(["no-such-program", "a"]);
    expect([status, stdout, stderr]).toEqual([
      "127",
      "",
      expect.stringMatching(/no-such-program.*not found/),
    ]);
    expect((await shell.run(sh`if then`))[0]).toBe("2");
    expect((await shell.run(sh`kill -9 $$`)).slice(0, 3)).toEqual(["137", "", ""]);
    expect((await shell.run(sh`echo a; exec >&- 2>&-; exit 5`))[0]).toBe("5");
    expect((await shell.run(sh`cd /; umask 0; exec 5>&1 6>&1; trap 'echo trapped' EXIT`))[1]).toBe(
      "trapped\n",
    );
    expect(await shell.run(sh`echo works`)).toEqual(["0", "works\n", ""]);
  });

  test("tell their status at once, and their end with the last of their processes", async () => {
    const began = performance.now();
    const running = shell.start(sh`(sleep 1; echo late; echo later >&2) & echo now`);
    expect(await running.status).toBe("0");
    const statusMs = performance.now() - began;
    expect(await running.end).toEqual(["now\nlate\n", "later\n"]);
    expect([statusMs < 900, performance.now() - began >= 900]).toEqual([true, true]);
    // Without outputs, too.
    const silent = shell.start(sh`sleep 1 </dev/null >/dev/null 2>&1 &`);
    await silent.status;
    const silentMs = performance.now();
    await silent.end;
    expect(performance.now() - silentMs).toBeGreaterThan(500);
    expect(await shell.run(sh`echo works`)).toEqual(["0", "works\n", ""]);
  });
}

test("a command with input or with a very long line gets a shell of its own", () => {
  const sharedOf = (command: Command, options: RunOptions = {}) =>
    sharedScript(command, shellText("text" in command ? command : sh`exec ${command}`, options), options);
  expect(sharedOf(["cat"])).toMatchObject({ isOwn: false });
  expect(sharedOf(["cat"], { input: "a\n" })).toBeUndefined();
  expect(sharedOf(["echo", "a".repeat(70_000)])).toBeUndefined();
  expect(sharedOf(["sh", "-c", "cat", "hostout"], { quiet: true, input: "a\n" })).toMatchObject({
    isOwn: true,
  });
  expect(sharedOf(["sh", "-c", "cat", "hostout"], { quiet: true, input: "a" })).toBeUndefined();
});

/** Starts a shell that reads commands. */
function open(program: string, words: readonly string[]) {
  const process = spawn(program, words, { stdio: "pipe" });
  const [stdout, stderr] = [splitOutput(process.stdout), splitOutput(process.stderr)];
  const start = (command: Command, options: RunOptions = {}) => {
    const marks = newMarks();
    const [out, err] = [new PassThrough(), new PassThrough()];
    const outputs = Promise.all([text(out), text(err)]);
    const status = stderr.until(marks.status, err, "line");
    void stderr.until(marks.end, err, "line").then(() => err.end());
    void stdout.until(marks.end, out, "nothing").then(() => out.end());
    const line = "text" in command ? command : sh`exec ${command}`;
    const script = sharedScript(command, shellText(line, options), options)!;
    process.stdin.write(frame(script, marks));
    return { status: status.then((line) => line.trim().split(" ")[0]), end: outputs };
  };
  const run = async (command: Command, options?: RunOptions) => {
    const { status, end } = start(command, options);
    return [await status, ...(await end)];
  };
  return { pid: process.pid, start, run, end: () => process.stdin.end() };
}
