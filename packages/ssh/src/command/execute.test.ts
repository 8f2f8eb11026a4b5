import { getEventListeners } from "node:events";
import { existsSync } from "node:fs";
import { PassThrough } from "node:stream";
import { type RunOptions, type ShellLine, sh } from "@hostout/kit";
import { thisMachine } from "../../../../test/bed/this-machine.ts";
import { answerOf, execute, executeOrThrow } from "./execute.ts";
import type { Machine } from "./machine.ts";
import { untilIdle } from "./until-idle.ts";

const localhost = (signal = new AbortController().signal) => thisMachine({ name: "localhost", signal });

test("no shell waits beside the program of a command, and commands of the shell itself run as well", async () => {
  const { stdout } = await execute(localhost(), "login", ["cat", "/proc/self/stat"], { quiet: true });
  expect(Number(stdout.split(") ")[1]?.split(" ")[1])).toBe(process.pid);
  await expect(execute(localhost(), "login", ["command", "-v", "cat"])).resolves.toMatchObject({ code: 0 });
  await expect(execute(localhost(), "login", ["no-such-program"])).resolves.toMatchObject({ code: 127 });
});

test("a command leaves nothing that listens for the end of the run", async () => {
  const { signal } = new AbortController();
  const machine = localhost(signal);
  for (let count = 0; count < 3; count++) await execute(machine, "login", ["true"]);
  await expect(execute(machine, "login", ["sleep", "5"], { timeoutMs: 20 })).rejects.toMatchObject({
    code: "timeout",
  });
  expect(getEventListeners(signal, "abort")).toEqual([]);
});

test("what kills a command, and a file system that is read-only, are told by the hint", async () => {
  const { signal } = new AbortController();
  const hintOf = (line: string) =>
    executeOrThrow(localhost(signal), "login", ["sh", "-c", line]).catch(({ hint }) => hint);
  expect(await hintOf("echo 'touch: a: Read-only file system' >&2; exit 1")).toContain("mounted read-only");
  expect(await hintOf("kill -KILL $$")).toContain("out of memory");
  expect(await hintOf("exit 1")).toBeUndefined();
});

test("a program that does not exist is named by the hint, with its machine", async () => {
  const machine = localhost();
  const hintOf = (on: Machine, words: readonly [string, ...string[]]) =>
    executeOrThrow(on, "login", words).catch(({ hint }) => hint);
  const shells = [["sh"], ["bash"], ["bash", "--posix"], ["busybox", "sh"]] as const;
  const here = shells.filter(([shell]) => existsSync(`/bin/${shell}`));
  for (const [shell, ...more] of here) {
    const words = [shell, ...more, "-c", "no-such-program --version"] as const;
    expect([shell, await hintOf(machine, words)]).toEqual([
      shell,
      "Install no-such-program on this machine.",
    ]);
    expect(await hintOf({ ...machine, name: "web1" }, words)).toMatch(
      /^Install no-such-program on web1, or write its absolute path/,
    );
  }
  expect(await hintOf(machine, ["no-such-program"])).toBe("Install no-such-program on this machine.");
  expect(await hintOf({ ...machine, name: "web1" }, ["sh", "-c", "env/bin/none"])).toMatch(
    /^Does env\/bin\/none exist on web1/,
  );
  expect(await hintOf(machine, ["sh", "-c", "exit 127"])).toBeUndefined();
});

test("the end of the run ends a command", async () => {
  const stop = new AbortController();
  const running = execute(localhost(stop.signal), "login", ["sleep", "20"]);
  setTimeout(() => stop.abort(), 50);
  await expect(running).rejects.toMatchObject({ code: "interrupted" });
});

test("it ends one, too, that was just being started", async () => {
  const stop = new AbortController();
  const machine = localhost(stop.signal);
  const transport = async () => {
    stop.abort();
    return machine.transport();
  };
  const startedMs = performance.now();
  await expect(execute({ ...machine, transport }, "login", ["sleep", "8"])).rejects.toMatchObject({
    code: "interrupted",
  });
  expect(performance.now() - startedMs).toBeLessThan(6000);
}, 20_000);

test("what a command left behind is not waited for, whether it is silent or goes on to write", async () => {
  let written = 0;
  const [silent, talking] = [{ count: () => 1 }, { count: () => written++ }];
  const { signal } = new AbortController();
  const startedMs = performance.now();
  await untilIdle([silent], signal, { idleMs: 10, mostMs: 60_000 });
  await untilIdle([silent, talking], signal, { idleMs: 10, mostMs: 100 });
  await untilIdle([talking], AbortSignal.abort(), { idleMs: 10, mostMs: 60_000 });
  await untilIdle([talking], signal, { idleMs: 60_000, mostMs: 60_000 }, () => true);
  expect(performance.now() - startedMs).toBeLessThan(30_000);
});

test("the end of the run ends the wait for what goes on to write", async () => {
  const stop = new AbortController();
  const talks = ["sh", "-c", "for i in $(seq 28); do sleep 0.1; echo x; done & true"];
  const running = execute(localhost(stop.signal), "login", talks);
  setTimeout(() => stop.abort(), 1500);
  await expect(running).rejects.toMatchObject({ code: "interrupted" });
}, 20_000);

test("an answer comes whole, though the host reports the end of the command before it and the line stands still", async () => {
  const machine = localhost();
  const local = await machine.transport();
  const start = async (line: string) => ({
    ...(await local.start(line)),
    exited: Promise.resolve({ code: 0 }),
  });
  const late = { ...machine, transport: async () => ({ ...local, start }) };
  const line = ["sh", "-c", "printf one; sleep 2; printf two"] as const;
  expect(await answerOf(late, "login", line)).toBe("onetwo");
}, 20_000);

test("an answer whose end did not come, though its status did, is none: also an empty one", async () => {
  const machine = localhost();
  const local = await machine.transport();
  for (const cutAt of [0, 3]) {
    const start = async (line: string) => {
      const process = await local.start(line);
      const stdout = new PassThrough();
      process.stdout.once("data", (chunk: Buffer) => stdout.end(chunk.subarray(0, cutAt)));
      return { ...process, stdout };
    };
    const cut = { ...machine, transport: async () => ({ ...local, start }) };
    await expect(answerOf(cut, "login", ["echo", "one", "two"])).rejects.toMatchObject({
      code: "connection-lost",
    });
  }
});

test("an answer is what a command says, whatever that is, wherever it ends and whatever it leaves behind", async () => {
  const answer = (line: ShellLine, options?: RunOptions) => answerOf(localhost(), "login", line, options);
  expect(await answer(sh`true`)).toBe("");
  expect(await answer(sh`printf 'a\n\n'; exit 0; echo b`)).toBe("a\n\n");
  expect(await answer(sh`(cat) # no end of line`, { input: "in" })).toBe("in");
  expect(await answer(sh`echo "$PWD $A"`, { cwd: "/", env: { A: "it's" } })).toBe("/ it's\n");
  expect(await answer(sh`(sleep 0.3; echo late) & echo early`)).toBe("early\n");
  await expect(answer(sh`echo a; exit 3`)).rejects.toMatchObject({
    status: 3,
    message: expect.stringMatching(/'echo a; exit 3' ended with 3: a$/),
  });
});

test("a script of hostout's own is named in words where it fails, and its text is not told", async () => {
  const script = ["sh", "-c", "set -u\necho no >&2; exit 3", "hostout", "/srv"];
  await expect(executeOrThrow(localhost(), "login", script)).rejects.toMatchObject({
    message: "localhost: 'a step of hostout' ended with 3: no",
  });
  const slow = ["sh", "-c", "set -u\nsleep 5", "hostout", "/srv"];
  await expect(answerOf(localhost(), "login", slow, { timeoutMs: 50 })).rejects.toMatchObject({
    message: expect.stringContaining("'a step of hostout' took longer"),
  });
});
