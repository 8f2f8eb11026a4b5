import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { thisMachine } from "../../../../test/bed/this-machine.ts";
import { executeDetached } from "./execute-detached.ts";

test("a line that breaks between the end of a command and its output takes no failure for a success", async () => {
  const home = await mkdtemp(join(tmpdir(), "hostout-detached-"));
  const broken = new Set<string>();
  const machine = thisMachine({
    environment: { HOME: home },
    start: (local) => async (line) => {
      const process = await local.start(line);
      const kind = /mkdir "\$d"|cat "\$1\/exit"/.exec(line)?.[0];
      if (kind === undefined || broken.has(kind)) return process;
      broken.add(kind);
      process.stdout.resume();
      return { ...process, stdout: Readable.from([]) };
    },
  });
  const running = executeDetached(machine, "login", ["sh", "-c", "exit 3"], {});
  await expect(running).rejects.toMatchObject({ code: "command-failed", status: 3 });
  expect(broken.size).toBe(2);
  await rm(home, { recursive: true });
}, 20_000);

test.each([
  ["that fails", ["sh", "-c", "exit 3"], { code: "command-failed", status: 3 }],
  // It ends the process that would write down its status.
  [
    "that is lost",
    ["sh", "-c", 'cd "$HOME/.hostout/steps/$HOSTOUT_STEP"; until kill -KILL $(cat pid); do sleep 0.02; done'],
    { code: "command-failed", message: expect.stringContaining("is lost: no status was left") },
  ],
])(
  "a line that breaks when the folder of a command %s is removed changes nothing of its failure",
  async (_how, command, failure) => {
    const home = await mkdtemp(join(tmpdir(), "hostout-detached-"));
    let broken = 0;
    const machine = thisMachine({
      environment: { HOME: home },
      start: (local) => async (line) => {
        const process = await local.start(line);
        if (!/rm -rf \S+( hostout \S+)?$/.test(line)) return process;
        broken++;
        return { ...process, exited: process.exited.then(() => ({ code: undefined })) };
      },
    });
    await expect(executeDetached(machine, "login", command, {})).rejects.toMatchObject(failure);
    expect(broken).toBe(1);
    expect(await readdir(join(home, ".hostout", "steps"))).toEqual([]);
    await rm(home, { recursive: true });
  },
  20_000,
);
