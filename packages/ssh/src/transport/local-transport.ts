import { spawn } from "node:child_process";
import type { Duplex } from "node:stream";
import { type Exit, HostoutError, type Transport } from "@hostout/kit";
import { localDial } from "../dial/local-dial.ts";
import { endedBy } from "../process/exit-of.ts";
import { killGroup } from "../process/kill-group.ts";
import { runsLine } from "../shell/hidden-line.ts";

/** Makes the transport to this machine, through /bin/sh. Each command has a process group of its own, which ends with it. */
export function localTransport(settings: {
  /** Label in output. */
  readonly name: string;
  readonly user: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}): Transport {
  const env = { ...settings.environment };
  const open = new Set<Duplex>();
  return {
    name: settings.name,
    user: settings.user,
    start: async (line) => {
      const child = spawn("/bin/sh", ["-c", runsLine], {
        env: { ...env, HOSTOUT_LINE: line },
        stdio: "pipe",
        detached: true,
      });
      const exited = new Promise<Exit>((resolve) => {
        child.on("error", () => resolve({ code: 127 }));
        child.on("exit", (code, signal) => resolve(code === null ? endedBy(signal!) : { code }));
      });
      // A command that reads nothing may end before its input.
      child.stdin.on("error", () => undefined);
      return {
        stdin: child.stdin,
        stdout: child.stdout,
        stderr: child.stderr,
        exited,
        kill: () => killGroup(child.pid),
      };
    },
    interact: (line) =>
      new Promise((resolve, reject) => {
        const child = spawn("/bin/sh", ["-c", line], { env, stdio: "inherit" });
        child.on("error", (cause) =>
          reject(new HostoutError({ code: "failed", message: `no shell: ${cause.message}`, cause })),
        );
        child.on("close", (code, signal) => resolve(code ?? endedBy(signal!).code));
      }),
    dial: async (to, signal) => {
      const stream = await localDial("localhost", to, signal);
      open.add(stream);
      stream.once("close", () => open.delete(stream));
      return stream;
    },
    close: async () => {
      for (const stream of open) stream.destroy();
    },
    isOpen: () => true,
  };
}
