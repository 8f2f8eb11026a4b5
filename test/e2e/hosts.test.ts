import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import type { Connection, Connections, Site } from "@hostout/kit";
import { openConnections } from "@hostout/ssh";
import { hasSshd, startEmbeddedHost, startSshdHost, type TestHost, writeKeyPair } from "@hostout/testing";
import { describeUnless } from "../bed/describe-with.ts";

// Both kinds of throw-away hosts, which need no root, under the real transport.
for (const kind of ["embedded", "sshd"] as const) {
  describeUnless(
    kind === "sshd" && !hasSshd() ? "there is no sshd" : undefined,
    `a throw-away host (${kind})`,
    () => {
      let folder: string;
      let host: TestHost;
      let connections: Connections;
      let remote: Connection;
      const lines: string[] = [];

      beforeAll(async () => {
        folder = await mkdtemp(join(tmpdir(), "hostout-host-"));
        const authorizedKey = await writeKeyPair(join(folder, "id"), "test");
        await mkdir(join(folder, "host"));
        const start = kind === "sshd" ? startSshdHost : startEmbeddedHost;
        host = await start({ directory: join(folder, "host"), authorizedKey });
        await writeFile(join(folder, "known_hosts"), `[${host.address}]:${host.port} ${host.hostKey}\n`);
        await writeFile(
          join(folder, "ssh_config"),
          `Host *\n  IdentityFile ${folder}/id\n  IdentitiesOnly yes\n  UserKnownHostsFile ${folder}/known_hosts\n`,
        );
        const target = { name: "h", address: host.address, port: host.port, user: userInfo().username };
        const site: Site = {
          name: "s",
          origin: { file: "x", line: 1 },
          config: "x",
          values: new Map(),
          hosts: [target],
          plugins: [],
        };
        connections = openConnections({
          dryRun: false,
          ask: undefined,
          signal: new AbortController().signal,
          environment: { ...process.env, HOSTOUT_SSH_CONFIG: join(folder, "ssh_config") },
        });
        const output = {
          line: (_stream: string, machine: string, line: string) => void lines.push(`${machine}: ${line}`),
          progress: () => {},
          mark: "run.test",
        };
        remote = connections.remote(site, target, output);
      });
      afterAll(async () => {
        await connections.close();
        await host.close();
        await rm(folder, { recursive: true });
      });

      test("20 commands at once go over one login (S0-57)", async () => {
        const answers = await Promise.all(
          Array.from({ length: 20 }, (_, index) => remote.capture(["echo", `it's ${index} $(id)`])),
        );
        expect(answers).toEqual(Array.from({ length: 20 }, (_, index) => `it's ${index} $(id)`));
        expect(await host.loginCount()).toBe(1);
      });

      test("status, input and output are those of the command", async () => {
        expect(await remote.test(["test", "-d", "/nowhere"])).toBe(false);
        expect((await remote.run(["cat"], { input: "a\nb" })).stdout).toBe("a\nb");
        expect(lines).toContain("h: b");
        await expect(remote.run(["sh", "-c", "echo why >&2; exit 3"])).rejects.toMatchObject({
          code: "command-failed",
          message: "h: 'sh -c 'echo why >&2; exit 3'' ended with 3: why",
        });
        await expect(remote.run(["sleep", "9"], { timeoutMs: 200 })).rejects.toMatchObject({
          code: "timeout",
        });
      });

      test("a command whose server keeps its output open still ends", async () => {
        const { stdout } = await remote.run(["sh", "-c", "echo started; sleep 30 & exit 0"]);
        expect(stdout).toBe("started\n");
      });

      test("a file goes there and comes back byte for byte", async () => {
        const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 31) % 256));
        await writeFile(join(folder, "a file"), bytes);
        await remote.upload(join(folder, "a file"), join(folder, "there's"), { mode: 0o640 });
        await remote.download(join(folder, "there's"), join(folder, "back"));
        expect((await readFile(join(folder, "back"))).equals(bytes)).toBe(true);
        await expect(remote.upload(join(folder, "a file"), folder)).rejects.toMatchObject({
          code: "command-failed",
        });
      });
    },
  );
}
