import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { type Connection, type Connections, type Host, type Site, sh } from "@hostout/kit";
import { openConnections } from "@hostout/ssh";
import { hasSshd, startEmbeddedHost, startSshdHost, type TestHost, writeKeyPair } from "@hostout/testing";
import { describeUnless } from "../bed/describe-with.ts";

// Both kinds of throw-away hosts, which need no root, under the real transport.
const combinations = [
  ["embedded", "node-ssh"],
  ["sshd", "node-ssh"],
  ["sshd", "openssh"],
] as const;
for (const [kind, transport] of combinations) {
  describeUnless(
    kind === "sshd" && !hasSshd() ? "there is no sshd" : undefined,
    `a throw-away host (${kind}) over ${transport}`,
    () => {
      let folder: string;
      let host: TestHost;
      let connections: Connections;
      let remote: Connection;
      let target: Host;
      let site: Site;
      let environment: NodeJS.ProcessEnv;
      const lines: string[] = [];

      beforeAll(async () => {
        folder = await mkdtemp(join(tmpdir(), "hostout-host-"));
        const authorizedKey = await writeKeyPair(join(folder, "id"), "test");
        await mkdir(join(folder, "host"));
        const start = kind === "sshd" ? startSshdHost : startEmbeddedHost;
        host = await start({ directory: join(folder, "host"), authorizedKey, environment: { HOME: folder } });
        await writeFile(join(folder, "known_hosts"), `[${host.address}]:${host.port} ${host.hostKey}\n`);
        await writeFile(
          join(folder, "ssh_config"),
          `Host *\n  IdentityFile ${folder}/id\n  IdentitiesOnly yes\n  UserKnownHostsFile ${folder}/known_hosts\n`,
        );
        target = { name: "h", address: host.address, port: host.port, user: userInfo().username };
        site = {
          name: "s",
          origin: { file: "x", line: 1 },
          config: "x",
          values: new Map([["transport", { text: transport, origin: { file: "x", line: 1 } }]]),
          hosts: [target],
          plugins: [],
        };
        environment = { ...process.env, HOSTOUT_SSH_CONFIG: join(folder, "ssh_config") };
        connections = openConnections({
          dryRun: false,
          ask: undefined,
          signal: new AbortController().signal,
          environment,
        });
        const output = {
          line: (stream: string, machine: string, line: string) =>
            void lines.push(`${machine}: ${stream === "warning" ? "warning: " : ""}${line}`),
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

      test("20 commands at once go over one login", async () => {
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

      test("a line that ends and looks for processes by their names does not come upon itself", async () => {
        const name = `seldom${process.pid}`;
        const line = sh`pkill -f ${name}; pgrep -f ${name} || echo nothing; echo still here`;
        for (const one of [
          remote,
          connections.local(site, { line: () => {}, progress: () => {}, mark: "l" }),
        ])
          for (const options of [{}, { detached: true }, { input: "x" }])
            expect((await one.run(line, { ...options, quiet: true })).stdout).toBe("nothing\nstill here\n");
      });

      test("a line that is killed is told as that, with the signal", async () => {
        const killed = remote.run(sh`sh -c ${"kill -TERM $$"}`);
        await expect(killed).rejects.toMatchObject({
          code: "command-failed",
          message: expect.stringMatching(/ended with 143 \(killed by TERM\)/),
          status: 143,
        });
        // The shell of the line itself, of which ssh does not say by which signal it ended.
        for (const [signal, status] of [
          ["KILL", 137],
          ["TERM", 143],
        ] as const)
          await expect(remote.run(sh`kill -${signal} $$; sleep 5`)).rejects.toMatchObject({
            code: "command-failed",
            message: expect.stringMatching(`ended with ${status} \\(killed by ${signal}\\)$`),
            status,
          });
        expect(await host.loginCount()).toBe(1);
      });

      test("a command that prints its environment on its error output has its own status, and nothing more is printed", async () => {
        const { stderr } = await remote.run(sh`env >&2; echo last >&2`, { quiet: true });
        expect(stderr).toMatch(/^HOSTOUT_COMMAND=.*\nlast\n$/ms);
        await expect(remote.run(sh`env >&2; echo why >&2; exit 3`, { quiet: true })).rejects.toMatchObject({
          message: expect.stringMatching(/ended with 3: .*\nwhy$/s),
          status: 3,
        });
      });

      test("a command whose server keeps its output open still ends, and says so", async () => {
        const warned = () => lines.filter((line) => line.includes("left a process behind")).length;
        const { stdout } = await remote.run(sh`echo started; sleep 30 & exit 0`);
        expect(stdout).toBe("started\n");
        expect(lines).toContainEqual(
          expect.stringMatching(/^h: warning: 'echo started; sleep 30 & exit 0' left a process behind/),
        );
        await remote.run(sh`echo started; sleep 30 >/dev/null 2>&1 & exit 0`);
        await remote.run(sh`seq 20000`);
        expect(warned()).toBe(1);
      });

      const said = async (told: readonly string[], line: string) => {
        for (let tries = 0; tries < 1000 && !told.includes(line); tries++)
          await new Promise((resolve) => setTimeout(resolve, 20));
      };
      const detached = (mark: string, signal = new AbortController().signal) => {
        const told: string[] = [];
        const opened = openConnections({ dryRun: false, ask: undefined, signal, environment });
        const line = (_stream: string, _machine: string, text: string) => void told.push(text);
        const output = { line, progress: () => {}, mark };
        return { told, opened, remote: opened.remote(site, target, output) };
      };
      const counting =
        "for i in 1 2 3 4 5 6 7 8; do echo line $i; echo err $i >&2; sleep 0.2; done; echo made >>";

      test("what runs detached outlives the line to it, and is taken up at the byte where it stopped", async () => {
        const { told, opened, remote: own } = detached("d.cut");
        const dropAfter = async (line: string) => {
          await said(told, line);
          await host.drop();
        };
        const dropping = dropAfter("line 2").then(() => dropAfter("line 5"));
        const { stdout, stderr } = await own.run(["sh", "-c", `${counting} cut`], {
          detached: true,
          cwd: folder,
        });
        await dropping;
        const numbers = [1, 2, 3, 4, 5, 6, 7, 8];
        expect(stdout).toBe(numbers.map((number) => `line ${number}\n`).join(""));
        expect(stderr).toBe(numbers.map((number) => `err ${number}\n`).join(""));
        expect(told.filter((line) => line.startsWith("line"))).toHaveLength(8);
        expect(told.some((line) => line.includes("the command goes on there"))).toBe(true);
        expect(await readFile(join(folder, "cut"), "utf8")).toBe("made\n");
        await opened.close();
      });

      test("who comes again for the same step takes it up, and does not begin it a second time", async () => {
        const [one, other] = [detached("d.twice"), detached("d.twice")];
        const run = (own: Connection) =>
          own.run(["sh", "-c", `${counting} twice`], { detached: true, cwd: folder });
        const ended = await Promise.all([run(one.remote), run(other.remote)]);
        expect(ended[0].stdout).toBe(ended[1].stdout);
        const late = await run(detached("d.twice").remote);
        expect(late.stdout).toBe(ended[0].stdout);
        expect(await readFile(join(folder, "twice"), "utf8")).toBe("made\n");
        for (const { opened } of [one, other]) await opened.close();
      });

      test("what runs detached goes on where the process that follows it is killed, and is followed anew", async () => {
        const { told, opened, remote: own } = detached("d.killed");
        const running = own.run(["sh", "-c", `${counting} killed`], { detached: true, cwd: folder });
        await said(told, "line 2");
        // The words of the process that follows it name the folder of the step, and how much has come.
        execFileSync("pkill", ["-KILL", "-f", "steps/d\\.killed\\.1 [0-9]+ [0-9]+$"]);
        const { stdout } = await running;
        expect(stdout).toMatch(/^line 1\n(line \d\n){6}line 8\n$/);
        expect(await readFile(join(folder, "killed"), "utf8")).toBe("made\n");
        await opened.close();
      });

      test("what runs detached fails with its status, its time and the run", async () => {
        const { remote: own, opened } = detached("d.fails");
        const sleeping = (name: string) => ["sh", "-c", `echo begun; sleep 1; sleep 2; echo still >>${name}`];
        await expect(own.run(["sh", "-c", "echo why >&2; exit 3"], { detached: true })).rejects.toMatchObject(
          {
            code: "command-failed",
            message: expect.stringContaining("ended with 3: why"),
          },
        );
        await expect(
          own.run(sleeping("late"), { detached: true, timeoutMs: 500, cwd: folder }),
        ).rejects.toMatchObject({ code: "timeout" });
        const stop = new AbortController();
        const stopped = detached("d.stopped", stop.signal);
        said(stopped.told, "begun").then(() => stop.abort());
        await expect(
          stopped.remote.run(sleeping("late"), { detached: true, cwd: folder }),
        ).rejects.toMatchObject({ code: "interrupted" });
        await new Promise((resolve) => setTimeout(resolve, 3500));
        await expect(readFile(join(folder, "late"))).rejects.toThrow("ENOENT");
        for (const { opened: own } of [{ opened }, stopped]) await own.close();
      });

      test("what runs detached is ended at an interrupt, though the line to it is cut", async () => {
        const stop = new AbortController();
        const { told, remote: own, opened } = detached("d.cut-stopped", stop.signal);
        said(told, "begun").then(async () => {
          await host.drop();
          setTimeout(() => stop.abort(), 300);
        });
        await expect(
          own.run(["sh", "-c", "echo begun; sleep 2; sleep 1; echo still >>cut-off"], {
            detached: true,
            cwd: folder,
          }),
        ).rejects.toMatchObject({ code: "interrupted" });
        await new Promise((resolve) => setTimeout(resolve, 3500));
        await expect(readFile(join(folder, "cut-off"))).rejects.toThrow("ENOENT");
        await opened.close();
      });

      test("after its line broke a host can be reached anew", async () => {
        await remote.capture(["true"]);
        const broken = remote.run(["sleep", "5"]);
        setTimeout(() => host.drop(), 300);
        await expect(broken).rejects.toMatchObject({ code: "connection-lost" });
        expect(await remote.capture(["echo", "here"])).toBe("here");
      });

      test("a copy without rsync whose line breaks ends, is told, and leaves nothing beside the files", async () => {
        const [big, there, here] = ["big", "there", "here"].map((name) => join(folder, name)) as [
          string,
          string,
          string,
        ];
        for (const one of [big, there, here]) await mkdir(one);
        await writeFile(join(big, "one"), "");
        await truncate(join(big, "one"), 4 * 1024 ** 3);
        const opened = openConnections({
          dryRun: false,
          ask: undefined,
          signal: new AbortController().signal,
          environment: { ...environment, HOSTOUT_NO_RSYNC: "1" },
        });
        let isDropped = false;
        const progress = (bytes: number) => {
          if (isDropped || bytes < 1024 * 1024) return;
          isDropped = true;
          void host.drop();
        };
        const own = opened.remote(site, target, { line: () => {}, progress, mark: "tar.test" });
        for (const request of [
          { direction: "push", local: big, remote: there },
          { direction: "pull", local: here, remote: big },
        ] as const) {
          isDropped = false;
          await expect(own.sync(request)).rejects.toMatchObject({ code: "connection-lost" });
          expect(isDropped).toBe(true);
        }
        // The host removes its own when it sees the end of what it reads.
        for (let tries = 0; tries < 100 && (await readdir(there)).length > 0; tries++)
          await new Promise((resolve) => setTimeout(resolve, 100));
        expect([await readdir(there), await readdir(here)]).toEqual([[], []]);
        await opened.close();
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

      test("a file that cannot be read is named; one that is sent is given up at an interrupt and when the line breaks", async () => {
        const [big, there] = [join(folder, "big to send"), join(folder, "receives")] as const;
        await mkdir(there);
        await writeFile(big, "");
        await truncate(big, 4 * 1024 ** 3);
        await expect(remote.upload(there, join(there, "file"))).rejects.toMatchObject({
          code: "transfer-failed",
          message: `${there} cannot be read on this machine (EISDIR)`,
        });
        expect(await readdir(there)).not.toContain("file");
        let dropped: Promise<void> | undefined;
        for (const code of ["interrupted", "connection-lost"]) {
          const stop = new AbortController();
          const opened = openConnections({ dryRun: false, ask: undefined, signal: stop.signal, environment });
          let isEnded = false;
          const progress = (bytes: number) => {
            if (isEnded || bytes < 4 * 1024 * 1024) return;
            isEnded = true;
            if (code === "interrupted") stop.abort();
            else dropped = host.drop();
          };
          const own = opened.remote(site, target, { line: () => {}, progress, mark: "upload.test" });
          await expect(own.upload(big, join(there, "file"))).rejects.toMatchObject({ code });
          expect(await readdir(there)).not.toContain("file");
          await opened.close();
        }
        await dropped;
      });

      test("a file that is fetched is given up at an interrupt and at command-timeout, and nothing of it is left", async () => {
        const [big, here] = [join(folder, "big file"), join(folder, "fetched")] as const;
        await mkdir(here);
        await writeFile(big, "");
        await truncate(big, 4 * 1024 ** 3);
        for (const [code, limit] of [["interrupted"], ["timeout", "2s"]] as const) {
          const stop = new AbortController();
          const opened = openConnections({ dryRun: false, ask: undefined, signal: stop.signal, environment });
          const limits = limit ? [["command-timeout", { text: limit, origin: site.origin }] as const] : [];
          const own = opened.remote({ ...site, values: new Map([...site.values, ...limits]) }, target, {
            ...{ line: () => {}, mark: "download.test" },
            progress: (bytes) => {
              if (limit === undefined && bytes > 1024 * 1024) stop.abort();
            },
          });
          await expect(own.download(big, join(here, "file"))).rejects.toMatchObject({
            code,
            message: expect.stringMatching(limit ? "did not come within 2 s" : "interrupted"),
          });
          expect(await readdir(here)).toEqual([]);
          await opened.close();
        }
      });

      if (transport === "openssh")
        test("a login shell that reads its input ends the wait for it, and is told", async () => {
          await writeFile(join(folder, ".bashrc"), "cat\n");
          const opened = openConnections({
            dryRun: false,
            ask: undefined,
            signal: new AbortController().signal,
            environment,
          });
          const own = opened.remote(site, target, { line: () => {}, progress: () => {}, mark: "rc.test" });
          await expect(own.capture(["true"])).rejects.toMatchObject({
            code: "refused",
            hint: expect.stringContaining(".bashrc"),
          });
          await rm(join(folder, ".bashrc"));
          await opened.close();
        });
    },
  );
}
