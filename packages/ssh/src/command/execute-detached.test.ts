import { mkdtemp, rm } from "node:fs/promises";
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
