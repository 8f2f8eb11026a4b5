import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { executeDetached } from "./execute-detached.ts";
import { localTransport } from "./local-transport.ts";
import type { Machine } from "./machine.ts";

test("a line that breaks between the end of a command and its output takes no failure for a success", async () => {
  const home = await mkdtemp(join(tmpdir(), "hostout-detached-"));
  const user = userInfo().username;
  const local = localTransport({ user, environment: { ...process.env, HOME: home } });
  const broken = new Set<string>();
  const start = async (line: string) => {
    const process = await local.start(line);
    const kind = /mkdir "\$d"|cat "\$1\/exit"/.exec(line)?.[0];
    if (kind === undefined || broken.has(kind)) return process;
    broken.add(kind);
    process.stdout.resume();
    return { ...process, stdout: Readable.from([]) };
  };
  const machine: Machine = {
    name: "web1",
    signal: new AbortController().signal,
    output: { line: () => undefined, progress: () => undefined, mark: "run.test" },
    accounts: { login: user, effective: user, root: user, buildout: user },
    transport: async () => ({ ...local, start }),
    sudo: {} as never,
    found: new Map(),
    atEnd: () => undefined,
  };
  const running = executeDetached(machine, "login", ["sh", "-c", "exit 3"], {});
  await expect(running).rejects.toMatchObject({ code: "command-failed", status: 3 });
  expect(broken.size).toBe(2);
  await rm(home, { recursive: true });
}, 20_000);
