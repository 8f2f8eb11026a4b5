import { execFileSync } from "node:child_process";
import { dirname } from "node:path";
import { type Connections, userShell } from "@hostout/kit";
import { fakeSite, hasSshd } from "@hostout/testing";
import { type Bed, startBed, whyNoBed } from "../bed/bed.ts";
import { makeBedUser } from "../bed/bed-user.ts";
import { describeUnless } from "../bed/describe-with.ts";
import { startThrowAway, type ThrowAway } from "../bed/throw-away.ts";

const root = dirname(dirname(import.meta.dirname));
const names = (count: number) => Array.from({ length: count }, (_, index) => `h${index}.example.com`);

// One sshd under many names: each is a host, with a connection of its own.
describeUnless(hasSshd() ? undefined : "there is no sshd", "many hosts", () => {
  let bed: ThrowAway;
  beforeAll(async () => {
    bed = await startThrowAway();
    await bed.write({
      "fifty.cfg": `[web]\nhost = ${names(50).join(" ")}\nuser = ${bed.user}\n`,
      "two-hundred.cfg": `[web]\nhost = ${names(200).join(" ")}\nuser = ${bed.user}\n`,
    });
  });
  afterAll(() => bed.stop());

  test("50 hosts write 10,000 lines each: none is split, lost or told of another host", async () => {
    const script = "i=1; while [ $i -le 10000 ]; do echo \"$i of '$HOSTOUT_TASK' $i\"; i=$((i+1)); done";
    const { code, stdout } = await bed.hostout("-c", "fifty.cfg", "--jobs", "50", "web", "run", script);
    expect(code).toBe(0);
    const next = new Map<string, number>();
    const taskOf = new Map<string, string>();
    let wrong = 0;
    for (const line of stdout.split("\n")) {
      const [, host = "", text = ""] = /^\[(h\d+\.example\.com)\] (.*)$/.exec(line) ?? [];
      const [, number, task = "", again] = /^(\d+) of '([\w.-]+)' (\d+)$/.exec(text) ?? [];
      if (number === undefined) continue;
      const expected = (next.get(host) ?? 0) + 1;
      next.set(host, expected);
      if (Number(number) !== expected || number !== again || (taskOf.get(host) ?? task) !== task) wrong++;
      taskOf.set(host, task);
    }
    expect([wrong, [...new Set(next.values())], next.size, new Set(taskOf.values()).size]).toEqual([
      0,
      [10_000],
      50,
      50,
    ]);
  });

  test("200 hosts do one command", async () => {
    const { code, stdout } = await bed.run(
      "/usr/bin/env",
      "sh",
      "-c",
      `exec ${root}/bin/hostout -c two-hundred.cfg web run true`,
    );
    expect([code, /200 ok in/.test(stdout)]).toEqual([0, true]);
  });

  test("a run has its time, as a command has", async () => {
    const late = await bed.hostout(
      "-c",
      "fifty.cfg",
      "--hosts",
      "h?.example.com",
      "--timeout",
      "2",
      "web",
      "run",
      "sleep 20",
    );
    expect([late.code, late.stdout]).toEqual([
      4,
      expect.stringContaining("failed: the run took longer than 2 s (--timeout)"),
    ]);
    const words = ["web:command-timeout=1s", "--hosts", "h0.example.com", "web", "run", "sleep 20"];
    const slow = await bed.hostout("-c", "fifty.cfg", ...words);
    expect([slow.code, slow.stdout]).toEqual([
      4,
      expect.stringContaining("took longer than 1 s; hostout ended it"),
    ]);
  });

  test("whoever stops reading (| head) ends the run, without a word of it", async () => {
    const { stdout, stderr } = await bed.run(
      "sh",
      "-c",
      `${root}/bin/hostout -c fifty.cfg web run 'seq 100000' | head -n 3; true`,
    );
    expect([stdout.split("\n").length, stderr]).toEqual([4, ""]);
  });

  test("a full disk for the journal is said once, and the run goes on", async () => {
    // A limit on the size of files stands for a disk without room.
    const line = `ulimit -f 16; trap '' XFSZ; exec ${root}/bin/hostout -c fifty.cfg --hosts h0.example.com web run 'seq 20000'`;
    const { code, stderr, stdout } = await bed.run("bash", "-c", line);
    expect([code, stderr.match(/cannot be written any more/g)?.length]).toEqual([0, 1]);
    expect(stdout).toContain("[h0.example.com] 20000\n");
  });

  test("LANG=C, NO_COLOR and TERM=dumb get plain lines", async () => {
    const line = `${root}/bin/hostout -c fifty.cfg --hosts h0.example.com web run true`;
    for (const variable of ["LANG=C", "NO_COLOR=1", "TERM=dumb", "CI=true"]) {
      const { code, stdout } = await bed.run("script", "-qec", `env ${variable} ${line}`, "/dev/null");
      expect([variable, code]).toEqual([variable, 0]);
      if (variable !== "LANG=C") expect([variable, stdout.includes("\u001b[3")]).toEqual([variable, false]);
    }
  });
});

describeUnless(whyNoBed(), "faults in the middle of a rolling run", () => {
  let bed: Bed;
  const hosts = ["a", "b", "c", "d"];
  beforeAll(async () => {
    const binds = [root, dirname(dirname(process.execPath))].filter((path) => !path.startsWith("/usr"));
    bed = await startBed({
      hosts: Object.fromEntries(["client", ...hosts].map((name) => [name, []])),
      disk: "24m",
      binds,
    });
    const client = bed.host("client");
    await client.sh("mkdir -p /srv/project");
    const steps = `import { definePlugin } from "@hostout/kit";
      const step = (name, script) => ({ summary: name, run: async ({ remote, host }) => {
        await remote.run(["sh", "-c", 'set -e; ' + script + '; echo ' + name + ' >>/root/log'], { timeoutMs: 8000 });
      } });
      export const plugin = definePlugin({ name: "steps", commands: {
        build: step("build", "true"),
        swap: step("swap", "test ! -e /root/wait || sleep 60; head -c 3000000 /dev/zero >/var/new"),
        verify: step("verify", "test ! -e /root/bad"), back: step("back", "rm -f /var/new"),
        ship: { summary: "Ship", steps: ["build", { rolling: true, steps: ["swap", "verify"], undo: ["back"] }] },
      } });`;
    await client.sh('printf %s "$STEPS" >/srv/project/steps.ts; printf %s "$CFG" >/srv/project/hostout.cfg', {
      env: { STEPS: steps, CFG: `[web]\nhost = ${hosts.join(" ")}\ntasks = steps.ts\n` },
    });
  });
  afterAll(() => bed?.stop());

  const ship = async (flags: string) => {
    const path = `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`;
    for (const name of hosts) await bed.host(name).sh("rm -f /root/log /var/new");
    const { code, stdout } = await bed
      .host("client")
      .sh(`cd /srv/project && ${root}/bin/hostout --json web ship ${flags}`, {
        mayFail: true,
        env: { PATH: path },
      });
    const end = JSON.parse(stdout.trim().split("\n").at(-1)!);
    const logs = await Promise.all(
      hosts.map(async (name) =>
        (
          await bed.host(name).sh("cat /root/log 2>/dev/null | tr '\\n' ' '", { mayFail: true })
        ).stdout.trim(),
      ),
    );
    return {
      code,
      logs,
      ended: end.targets.map(
        ({ status, error }: { status: string; error?: { code: string } }) => error?.code ?? status,
      ),
    };
  };
  const whole = "build swap verify";

  const targetsWith = (options: Readonly<Record<string, string>>) => {
    const addresses = hosts.map((name) => bed.host(name).address).join(" ");
    const site = fakeSite({ plugins: [], hosts: addresses, options });
    return site.hosts.map((host) => ({ site, host }));
  };
  const output = { line: () => undefined, progress: () => undefined, mark: "test" };

  test("what has to be asked is asked before work begins, once for all hosts", async () => {
    const user = await makeBedUser(bed.host("client"));
    const asked: string[] = [];
    const ask = {
      secret: async (question: string) => {
        asked.push(question);
        return "admin";
      },
      confirm: async (question: string) => {
        asked.push(question.replace(/ \([\s\S]*/, ""));
        return true;
      },
    };
    const targets = targetsWith({ user: "admin", "effective-user": "zope" });
    const whoami = (connections: Connections) =>
      Promise.all(
        targets.map(({ site, host }) =>
          connections.remote(site, host, output).as("effective").capture(["id", "-un"]),
        ),
      );
    const connections = user.connect(ask);
    await connections.prepare?.(targets);
    const before = asked.splice(0).sort();
    expect(before).toEqual(
      [
        ...targets.map(({ host }) => `The key of ${host.name}`),
        "Password of admin for sudo on the hosts",
      ].sort(),
    );
    expect(await whoami(connections)).toEqual(["zope", "zope", "zope", "zope"]);
    expect(asked).toEqual([]);
    await connections.close();
    const unasked = user.connect(undefined);
    await unasked.prepare?.(targets);
    await expect(whoami(unasked)).rejects.toMatchObject({
      code: "sudo-refused",
      message: expect.stringContaining("there is nobody to ask"),
    });
    await unasked.close();
    await user.leave();
  });

  test("a wrong sudo password is asked for again, three times in all", async () => {
    const user = await makeBedUser(bed.host("client"));
    const [target] = targetsWith({ user: "admin", "effective-user": "zope" });
    const becoming = async (answers: readonly string[]) => {
      const asked: string[] = [];
      const ask = {
        secret: async (question: string) => answers[asked.push(question) - 1]!,
        confirm: async () => true,
      };
      const connections = user.connect(ask);
      const remote = connections.remote(target!.site, target!.host, output).as("effective");
      const became = await remote.capture(["id", "-un"]).catch((error: Error) => error.message);
      await connections.close();
      return { became, asked };
    };
    const third = await becoming(["wrong", "wrong", "admin"]);
    const never = await becoming(["wrong", "wrong", "wrong", "admin"]);
    await user.leave();
    expect(third.became).toBe("zope");
    expect(third.asked).toEqual([
      "Password of admin for sudo on the hosts",
      `Password of admin for sudo on ${target!.host.name} (refused; 2 of 3)`,
      `Password of admin for sudo on ${target!.host.name} (refused; 3 of 3)`,
    ]);
    expect(never.asked).toHaveLength(3);
    expect(never.became).toMatch(/^admin cannot become zope on .*: the password is wrong$/);
  });

  test("with another account's rights, too, a line that ends processes by their names does not end itself", async () => {
    const user = await makeBedUser(bed.host("client"));
    const ask = { secret: async () => "admin", confirm: async () => true };
    const connections = user.connect(ask);
    const line = userShell("pkill -f seldom; pgrep -f seldom || echo nothing; cat; id -un");
    for (const transport of ["node-ssh", "openssh"]) {
      for (const [login, owner] of [
        ["root", "zope"],
        ["deploy", "root"],
        ["deploy", "zope"],
        ["admin", "root"],
      ] as const) {
        const [target] = targetsWith({ user: login, "effective-user": owner, transport });
        const remote = connections.remote(target!.site, target!.host, output).as("effective");
        for (const options of [{}, { input: "read\n" }, { detached: true }]) {
          const { stdout } = await remote.run(line, options);
          const read = "input" in options ? "read\n" : "";
          expect([transport, login, owner, stdout]).toEqual([
            transport,
            login,
            owner,
            `nothing\n${read}${owner}\n`,
          ]);
        }
      }
    }
    await connections.close();
    await user.leave();
  });

  test("nothing amiss: one after the other", async () => {
    expect(await ship("")).toEqual({
      code: 0,
      logs: [whole, whole, whole, whole],
      ended: ["ok", "ok", "ok", "ok"],
    });
  });

  test("one that is not well: those before go back, those after do not begin", async () => {
    await bed.host("b").sh("touch /root/bad");
    expect(await ship("--max-failures 0")).toEqual({
      code: 3,
      logs: [`${whole} back`, "build swap back", "build", "build"],
      ended: ["refused", "command-failed", "refused", "refused"],
    });
    expect(await ship("--max-failures 25%")).toEqual({
      code: 3,
      logs: [whole, "build swap back", whole, whole],
      ended: ["ok", "command-failed", "ok", "ok"],
    });
    expect((await ship("--no-undo")).logs).toEqual([whole, "build swap", "build", "build"]);
    await bed.host("b").sh("rm /root/bad");
  });

  test("one whose disk is full, and one that hangs", async () => {
    await bed.host("a").sh("rm -f /var/new; cat /dev/zero >/var/fill 2>/dev/null; truncate -s -1M /var/fill");
    await bed.host("c").sh("touch /root/wait");
    expect(await ship("--max-failures 1 --batch 4")).toEqual({
      code: 3,
      logs: ["build back", "build swap back", "build back", "build swap back"],
      ended: ["disk-full", "refused", "timeout", "refused"],
    });
    expect((await ship("--max-failures 2")).ended).toEqual(["disk-full", "ok", "timeout", "ok"]);
    await bed.host("a").sh("rm /var/fill");
    await bed.host("c").sh("rm /root/wait");
  });

  test("one that refuses, and one that dies on the way: told apart from those that failed", async () => {
    await bed.host("d").fault("sshd-stop");
    expect((await ship("--max-failures 1")).ended).toEqual(["ok", "ok", "ok", "unreachable"]);
    expect(await ship("")).toMatchObject({
      code: 6,
      logs: ["build", "build", "build", ""],
      ended: ["refused", "refused", "refused", "unreachable"],
    });
    await bed.host("d").fault("sshd-start");
    await bed.host("b").sh("touch /root/wait");
    const running = ship("--max-failures 100%");
    await new Promise((resolve) => setTimeout(resolve, 4000));
    await bed.host("b").fault("sshd-stop");
    await bed.host("b").fault("drop");
    expect(await running).toEqual({
      code: 6,
      logs: [whole, "build", whole, whole],
      ended: ["ok", "connection-lost", "ok", "ok"],
    });
    await bed.host("b").fault("sshd-start");
    await bed.host("b").sh("rm /root/wait");
  });

  test.each(["node-ssh", "openssh"])(
    "run, put and sync go through a jump host over %s",
    async (transport) => {
      const client = bed.host("client");
      const config = "Host a\n  ProxyJump b\n";
      await client.sh('cp .ssh/config .ssh/kept 2>/dev/null; printf %s "$CONFIG" >.ssh/config', {
        env: { CONFIG: config },
      });
      await client.sh(
        "mkdir -p /srv/project/tree && echo one >/srv/project/tree/file && rm -rf /srv/project/fetched",
      );
      await bed.host("a").sh("rm -rf /root/tree /root/file");
      const before = await bed.host("b").logins();
      const path = `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`;
      const hostout = (words: string) =>
        client.sh(
          `cd /srv/project && ${root}/bin/hostout web:transport=${transport} --hosts a web ${words}`,
          {
            mayFail: true,
            env: { PATH: path },
          },
        );
      for (const words of [
        "run uname -n",
        "put tree/file /root/file",
        "sync tree /root/tree",
        "get /root/tree fetched",
      ]) {
        const { code, stdout, stderr } = await hostout(words);
        expect([words, code, code === 0 ? "" : stdout + stderr]).toEqual([words, 0, ""]);
      }
      expect((await bed.host("a").sh("cat /root/file /root/tree/file")).stdout).toBe("one\none\n");
      expect((await client.sh("find /srv/project/fetched -type f -exec cat {} +")).stdout).toBe("one\n");
      expect(await bed.host("b").logins()).toBe(before + 4);
      await client.sh("rm .ssh/config; mv .ssh/kept .ssh/config 2>/dev/null; true");
    },
  );

  test("an encrypted key is opened with one answer for all hosts", async () => {
    const user = await makeBedUser(bed.host("client"), ["StrictHostKeyChecking no"]);
    execFileSync("ssh-keygen", ["-q", "-p", "-P", "", "-N", "open sesame", "-f", user.keyFile]);
    for (const transport of ["node-ssh", "openssh"]) {
      const asked: string[] = [];
      const connections = user.connect({
        secret: async (question) => {
          asked.push(question);
          return "open sesame";
        },
        confirm: async () => true,
      });
      const targets = targetsWith({ transport });
      await connections.prepare?.(targets);
      expect([transport, asked.length, asked[0]]).toEqual([
        transport,
        1,
        expect.stringContaining(user.keyFile),
      ]);
      const said = await Promise.all(
        targets.map(({ site, host }) => connections.remote(site, host, output).capture(["id", "-un"])),
      );
      expect(said).toEqual(["root", "root", "root", "root"]);
      await connections.close();
    }
    await user.leave();
  });
});
