import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { type RunOptions, sh, userShell } from "@hostout/kit";
import { describeUnless } from "../bed/describe-with.ts";
import { type OpenHost, openHost, waysToHosts, whyNoHost } from "../bed/open-host.ts";

describe.each(waysToHosts)("the shared shell of a host (%s, %s)", (kind, transport) => {
  describeUnless(whyNoHost(kind), "runs scripts of hostout", () => {
    let host: OpenHost;
    beforeEach(async () => {
      host = await openHost({ kind, transport });
    });
    afterEach(() => host.close());

    const script = (text: string, options: RunOptions = {}, ...words: readonly string[]) =>
      host.remote.run(["sh", "-c", text, "hostout", ...words], { quiet: true, ...options });
    /** The process of the shell that runs a script. */
    const shell = async () => (await script("echo $$")).stdout;
    const outcome = (text: string, options?: RunOptions) =>
      script(text, options).then(
        ({ stdout, stderr }) => ({ stdout, stderr }),
        ({ code, status, message }) => ({ code, status, message }),
      );

    test("one after another in one shell, and beside it those that begin meanwhile", async () => {
      const first = await shell();
      expect(await shell()).toBe(first);
      const [busy, beside] = await Promise.all([script("sleep 0.5; echo $$"), shell()]);
      expect([busy.stdout, beside === first]).toEqual([first, false]);
      expect(await shell()).toBe(first);
    });

    test("with its own words, variables, folder, traps and exit status", async () => {
      const words = ["", "it's", "-n", "$(x) `y`", "a\nb", "\\", "*"];
      const { stdout } = await script('for w; do printf "<%s>" "$w"; done', {}, ...words);
      expect(stdout).toBe(words.map((word) => `<${word}>`).join(""));
      const first = await shell();
      await script("cd /; left=1; umask 0; exec 3>&1 >/dev/null; trap 'echo trapped >&3' EXIT; set -eu");
      expect((await script('echo "${left-none} $PWD $(umask) $#"')).stdout).toMatch(/^none \/.+ 00?22 0\n$/);
      expect(await outcome("trap 'echo trapped' EXIT; echo out; echo err >&2; exit 3")).toMatchObject({
        code: "command-failed",
        status: 3,
      });
      expect((await script("trap 'echo trapped' EXIT; printf out")).stdout).toBe("outtrapped\n");
      expect(await shell()).toBe(first);
    });

    test("with its input, and with none", async () => {
      expect((await script("cat", { input: "a 'b' $c\n\\\nEOF\n" })).stdout).toBe("a 'b' $c\n\\\nEOF\n");
      expect((await script("cat; echo end")).stdout).toBe("end\n");
      const long = "0123456789abcde\n".repeat(20_000);
      expect((await script("cat", { input: long })).stdout).toBe(long);
      expect((await script("cat", { input: "no line end" })).stdout).toBe("no line end");
    });

    test("whatever it prints", async () => {
      const { stdout, stderr } = await script("printf 'a\\000\\377'; printf 'b' >&2; env");
      expect([stdout.startsWith("a\0\ufffd"), stderr]).toEqual([true, "b"]);
      expect(stdout).toMatch(/^HOSTOUT_TASK=run\.test$/m);
      expect(await host.remote.capture(["sh", "-c", "echo one", "hostout"])).toBe("one");
      // The server of ssh2 loses a wake-up where both outputs wait for the client (server.js, CHANNEL_WINDOW_ADJUST).
      if (kind === "embedded") return;
      const line = await script("head -c 50000000 /dev/zero | tr '\\0' x; echo end");
      expect([line.stdout.length > 4_000_000, line.stdout.endsWith("xend\n")]).toEqual([true, true]);
      await script("yes 1 | head -c 100000000; echo error >&2; echo end").then(({ stdout, stderr }) =>
        expect([stdout.slice(-6), stderr]).toEqual(["1\nend\n", "error\n"]),
      );
    });

    test("whatever it does to its shell, and the next has a shell that works", async () => {
      await shell();
      expect(await outcome("echo before; exec sh -c 'echo instead'")).toMatchObject({
        stdout: "before\ninstead\n",
      });
      expect(await outcome("exec >&- 2>&-; echo unheard")).toMatchObject({ status: expect.any(Number) });
      expect(await outcome("if then")).toMatchObject({ code: "command-failed" });
      expect(await outcome("echo 'not closed")).toMatchObject({ code: "command-failed" });
      expect((await script("echo works")).stdout).toBe("works\n");
      expect(await outcome("kill $$; sleep 5")).toMatchObject({ code: "command-failed", status: 143 });
      expect((await script("echo works")).stdout).toBe("works\n");
      expect(await outcome("kill -9 $$; sleep 5")).toMatchObject({ code: "command-failed", status: 137 });
      expect((await script("echo works")).stdout).toBe("works\n");
    });

    test("until its time is over, or the run is interrupted, with all that it began", async () => {
      const mark = join(host.home, "still");
      const text = `for i in 1 2 3 4 5 6 7 8; do sleep 0.25; done; echo there >${mark}`;
      const first = await shell();
      expect(await outcome(`(${text}) & wait`, { timeoutMs: 300 })).toMatchObject({ code: "timeout" });
      expect(await shell()).not.toBe(first);
      const ended = outcome(`(${text}) & wait`);
      await new Promise((resolve) => setTimeout(resolve, 300));
      host.abort();
      expect(await ended).toMatchObject({ code: "interrupted" });
      await new Promise((resolve) => setTimeout(resolve, 2500));
      expect(existsSync(mark)).toBe(false);
    });

    test("not, where the connection breaks, half a script; and over a new one again", async () => {
      await shell();
      const cut = outcome("sleep 10");
      await new Promise((resolve) => setTimeout(resolve, 300));
      await host.drop();
      expect(await cut).toMatchObject({ code: "connection-lost" });
      expect((await script("echo works")).stdout).toBe("works\n");
      expect(await host.logins()).toBe(2);
    });

    test("and `test`", async () => {
      const file = join(host.home, "here");
      writeFileSync(file, "");
      expect([
        await host.remote.test(["test", "-e", file]),
        await host.remote.test(["test", "-d", file]),
      ]).toEqual([true, false]);
    });

    /** A command of a task, with the process of the shell that waits for it. */
    const command = (text: string, options: RunOptions = {}) =>
      host.remote.run(userShell(text), { quiet: true, ...options }).then(
        ({ stdout, stderr }) => [0, stdout, stderr],
        ({ status, message }) => [status, message, ""],
      );
    const parent = async () => (await command("ps -o ppid= -p $(ps -o ppid= -p $$)"))[1];

    test("and the commands of a task from the second on, each with a status and outputs of its own", async () => {
      await command("true");
      const first = await parent();
      expect(await command("echo out; echo err >&2")).toEqual([0, "out\n", "err\n"]);
      expect(await command('echo "$HOSTOUT_TASK"; cat; exec env printf end')).toEqual([
        0,
        "run.test\nend",
        "",
      ]);
      expect((await command("exit 3"))[0]).toBe(3);
      expect(await command("kill $$; sleep 5")).toEqual([143, expect.stringContaining("killed by TERM"), ""]);
      expect((await command("kill -9 $$; sleep 5"))[0]).toBe(137);
      expect((await command("exec >&- 2>&-; exit 4"))[0]).toBe(4);
      expect((await command("if then"))[0]).toBe(2);
      expect(await command("cat <<END\nit's $((1 + 1))\nEND")).toEqual([0, "it's 2\n", ""]);
      expect(await command("cat", { input: "a\nb\n" })).toEqual([0, "a\nb\n", ""]);
      expect(await command("printf 'a\\000b'")).toEqual([0, "a\0b", ""]);
      expect(await host.remote.capture(["printf", "%s", "whole"])).toBe("whole");
      expect(await parent()).toBe(first);
      await host.remote.run(sh`echo told; sleep 1; echo later`);
      expect(host.told).toEqual(["h: told", "h: later"]);
      // As for scripts: the server of ssh2 loses a wake-up.
      if (kind === "embedded") return;
      const [, line] = await command("head -c 50000000 /dev/zero | tr '\\0' x; echo end");
      expect([line.length > 4_000_000, line.endsWith("xend\n")]).toEqual([true, true]);
      const [, lines, errors] = await command("yes 1 | head -c 100000000; echo error >&2; echo end");
      expect([lines.slice(-6), errors]).toEqual(["1\nend\n", "error\n"]);
      expect(await parent()).toBe(first);
    });

    test("until one of them leaves a process behind: the next gets another shell, and none waits", async () => {
      await command("true");
      const first = await parent();
      // A process that holds no output is nobody's business.
      const beganMs = performance.now();
      expect(await command("nohup sleep 4.321 </dev/null >/dev/null 2>&1 & echo started")).toEqual([
        0,
        "started\n",
        "",
      ]);
      expect(performance.now() - beganMs).toBeLessThan(3500);
      const second = await parent();
      expect(second).not.toBe(first);
      expect((await command(`kill -0 ${first.trim()} 2>&-`))[0]).not.toBe(0);
      expect((await command("pgrep -f 'sleep 4[.]321'"))[0]).toBe(0);
      expect(host.told).toEqual([]);
      // One that ends as hostout ends its shell: the next command is not ended with it.
      for (const seconds of ["0.25", "0.26", "0.3"]) {
        await command(`sleep ${seconds} </dev/null >/dev/null 2>&1 & exit 0`);
        expect(await command("sleep 0.7; echo works")).toEqual([0, "works\n", ""]);
      }
      // One that holds them gets its time to say why it ends, and no more.
      await host.remote.run(sh`(sleep 0.3; echo late; echo later >&2; sleep 20) & echo now`);
      expect(host.told).toEqual([
        "h: now",
        "h: late",
        "h: later",
        expect.stringContaining("left a process behind that holds its output"),
      ]);
      expect(await command("sleep 0.5; echo works")).toEqual([0, "works\n", ""]);
    });

    const whyNoSu = process.getuid?.() === 0 ? undefined : "it needs root, who becomes another account by su";
    describeUnless(whyNoSu, "with another account", () =>
      test("has no word of su about the shell that hostout ends", async () => {
        const nobody = host.remote.as({ user: "nobody" });
        await nobody.run(["true"]);
        const started = await nobody.run(sh`sleep 1.234 >/dev/null 2>&1 & echo started`);
        expect([started.stdout, started.stderr]).toEqual(["started\n", ""]);
        expect((await nobody.run(sh`sleep 0.7; echo works`)).stderr).toBe("");
        const beganMs = performance.now();
        await expect(nobody.run(sh`sleep 5.432 & wait`, { timeoutMs: 300 })).rejects.toMatchObject({
          code: "timeout",
        });
        await new Promise((resolve) => setTimeout(resolve, 700));
        expect((await command("pgrep -f 'sleep 5[.]432'"))[0]).toBe(1);
        expect(performance.now() - beganMs).toBeLessThan(5000);
      }),
    );

    test("and an interrupt ends a command of a task with all that it began, and no process of an earlier one", async () => {
      const mark = join(host.home, "still");
      await command("true");
      const first = await parent();
      // As a server does that closes all descriptors, but stays in the group of its shell.
      const [, server] = await command("sleep 30 </dev/null >/dev/null 2>&1 7>&- & printf $!");
      expect(await parent()).toBe(first);
      const text = `(for i in 1 2 3 4 5 6 7 8; do sleep 0.25; done; echo there >${mark}) & wait`;
      await expect(host.remote.run(userShell(text), { timeoutMs: 300 })).rejects.toMatchObject({
        code: "timeout",
      });
      expect(await parent()).not.toBe(first);
      const ended = host.remote.run(userShell(text));
      setTimeout(host.abort, 300);
      await expect(ended).rejects.toMatchObject({ code: "interrupted" });
      await new Promise((resolve) => setTimeout(resolve, 2500));
      expect(existsSync(mark)).toBe(false);
      // Fails if it has ended.
      process.kill(Number(server));
    });
  });
});

describeUnless(whyNoHost("sshd"), "a login shell that reads the input of commands", () => {
  test("gets no script before it has come to the shared shell, and does not hold up an interrupt", async () => {
    const host = await openHost({ kind: "sshd", transport: "node-ssh" });
    try {
      writeFileSync(join(host.home, ".bashrc"), "read -r answer\n");
      const script = () => host.remote.run(["sh", "-c", "echo works", "hostout"], { quiet: true });
      expect((await script()).stdout).toBe("works\n");
    } finally {
      await host.close();
    }
    const other = await openHost({ kind: "sshd", transport: "node-ssh" });
    try {
      writeFileSync(join(other.home, ".bashrc"), "read -r answer\n");
      const begunMs = performance.now();
      const ended = other.remote.run(["sh", "-c", "echo works", "hostout"], { quiet: true });
      setTimeout(other.abort, 1000);
      await expect(ended).rejects.toMatchObject({ code: "interrupted" });
      expect(performance.now() - begunMs).toBeLessThan(4500);
    } finally {
      await other.close();
    }
  });
});

describeUnless(whyNoHost("sshd"), "a host that allows one session on a connection", () => {
  test("gets no shared shell as soon as it refuses one", async () => {
    const host = await openHost({ kind: "sshd", transport: "node-ssh", options: ["MaxSessions 1"] });
    try {
      const script = (text: string) =>
        host.remote.run(["sh", "-c", text, "hostout"], { quiet: true }).then(({ stdout }) => stdout.trim());
      const first = await script("echo $$");
      expect(await script("echo $$")).toBe(first);
      const { stdout } = await host.remote.run(["cat"], { input: Readable.from(["own\n"]) });
      expect([stdout, (await script("echo $$")) === first]).toEqual(["own\n", false]);
      expect(await host.logins()).toBe(1);
    } finally {
      await host.close();
    }
  });
});

test("the shell of this machine does not outlive the run", async () => {
  const folder = mkdtempSync(join(tmpdir(), "hostout-local-"));
  try {
    const site = `[a]\nhost = localhost\ntransport = local\npath = ${folder}/site\n`;
    writeFileSync(join(folder, "hostout.cfg"), site);
    const words = [join(import.meta.dirname, "../../packages/cli/bin/hostout.js"), "a", "status"];
    const { status, signal } = spawnSync(process.execPath, words, { cwd: folder, timeout: 60_000 });
    expect([status, signal]).toEqual([0, null]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
