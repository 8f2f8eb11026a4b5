import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { whileAsking } from "../bed/constant-requests.ts";
import { describeUnless } from "../bed/describe-with.ts";
import { type LxcHost, startLxcHost, whyNoLxc } from "../bed/lxc-host.ts";
import { runProgram } from "../bed/run-program.ts";

const bin = join(dirname(dirname(import.meta.dirname)), "bin", "hostout");
const app = join(import.meta.dirname, "systemd-app.py");

const shop = `[shop]
extends = hostout-systemd
host = web1
user = deploy
effective-user = shop
path = /srv/shop
include =
    page
    app.py
`;
const service = `${shop}service =
    ./app.py
    worker = sleep infinity
socket = 8080
schedule = daily touch /srv/shop/var/ran
service-environment = GREETING=50% "off"
verify = http://127.0.0.1:8080/ 200
verify-timeout = 10s
`;

describeUnless(whyNoLxc(), "a site as services of a systemd", () => {
  let host: LxcHost;
  let folder: string;
  beforeAll(async () => {
    host = await startLxcHost();
    folder = await mkdtemp(join(tmpdir(), "hostout-project-"));
    await write({ "app.py": await readFile(app, "utf8"), page: "one\n", "hostout.cfg": service });
    await chmod(join(folder, "app.py"), 0o755);
  });
  afterAll(async () => {
    await host?.stop();
    if (folder) await rm(folder, { recursive: true });
  });

  const write = async (files: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  };
  const hostout = async (...words: string[]) => {
    const env = { HOSTOUT_SSH_CONFIG: host.sshConfig };
    return runProgram(bin, words, { cwd: folder, env });
  };
  /** Runs hostout, which succeeds. */
  const succeed = async (...words: string[]) => {
    const { code, stdout, stderr } = await hostout(...words);
    expect([code, code === 0 ? "" : stdout + stderr]).toEqual([0, ""]);
    return stdout;
  };
  const url = () => `http://${host.address}:8080/`;
  const page = async () => (await (await fetch(url(), { signal: AbortSignal.timeout(5000) })).text()).trim();
  const untilPage = async (text: string) => {
    for (let tries = 0; tries < 100; tries++) {
      if ((await page().catch(() => "")) === text) return;
      await sleep(100);
    }
    throw new Error(`the page is not '${text}'`);
  };
  const pid = (unit = "shop.service") => host.sh(`systemctl show -p MainPID --value ${unit}`);
  const states = (...units: string[]) => host.sh(`systemctl is-active ${units.join(" ")} || :`);
  const current = () => host.sh("basename $(readlink /srv/shop/current)");

  test("gets its units with the first deploy, and runs as its owner in a sandbox", async () => {
    const stdout = await succeed("shop", "deploy");
    expect(stdout).toMatch(/shop\.service is new$/m);
    expect(await page()).toBe("one");
    const units = ["shop.service", "shop.socket", "worker.service", "shop-touch.timer"];
    expect(await states(...units)).toBe("active\nactive\nactive\nactive");
    expect(await host.sh(`systemctl is-enabled ${units.join(" ")}`)).toBe(
      "enabled\nenabled\nenabled\nenabled",
    );
    expect(await host.sh("stat -c '%a %U' /etc/systemd/system/shop.service")).toBe("644 root");
    expect(await host.sh(`stat -c %U /proc/${await pid()}`)).toBe("shop");
    expect(await host.sh(`tr '\\0' '\\n' </proc/${await pid()}/environ | grep GREETING`)).toBe(
      'GREETING=50% "off"',
    );
    expect(await host.sh(`grep NoNewPrivs /proc/${await pid()}/status`)).toMatch(/1$/);
  });

  test("deployed again unchanged, keeps its files and processes", async () => {
    const facts = async () =>
      [
        await host.sh("stat -c '%n %Y %i' /etc/systemd/system/*shop* /etc/systemd/system/worker.service"),
        await pid(),
        await pid("worker.service"),
      ].join("\n");
    const before = await facts();
    await succeed("shop", "deploy");
    expect(await facts()).toBe(before);
  });

  test("comes back when its process is killed", async () => {
    const before = await pid();
    await host.sh("systemctl kill -s KILL shop.service");
    await untilPage("one");
    expect(await pid()).not.toBe(before);
  });

  test("refuses and fails no request during deploys, a restart and a rollback", async () => {
    const { ok, failed, bodies } = await whileAsking(url(), async () => {
      for (const text of ["two", "three"]) {
        await write({ page: `${text}\n` });
        await succeed("shop", "deploy");
      }
      await succeed("shop", "restart");
      await succeed("shop", "rollback");
    });
    expect(failed).toEqual([]);
    expect(bodies).toEqual(["one", "two", "three"]);
    expect(ok).toBeGreaterThan(200);
    process.stderr.write(`${ok} requests during two deploys, a restart and a rollback: 0 failed\n`);
    expect(await page()).toBe("two");
  });

  test("rolls back automatically, with the units of the release before, when its service ends at once", async () => {
    const before = await current();
    const text = await host.sh("cat /etc/systemd/system/shop.service");
    await write({
      page: "broken\n",
      "hostout.cfg": service.replace('GREETING=50% "off"', "GREETING=other"),
    });
    const { bodies } = await whileAsking(url(), async () => {
      const { code, stdout } = await hostout("shop", "deploy");
      expect([code, stdout]).toEqual([
        4,
        expect.stringMatching(
          /shop\.service ended right after its start; its last lines:[\s\S]*the release is broken/,
        ),
      ]);
      expect(await current()).toBe(before);
      expect(await host.sh("cat /etc/systemd/system/shop.service")).toBe(text.trim());
      await untilPage("two");
    });
    expect(bodies).toEqual(["two"]);
    await write({ "hostout.cfg": service, page: "two\n" });
    await succeed("shop", "deploy");
  });

  test("is up after a reboot of the host", async () => {
    await host.reboot();
    await untilPage("two");
    expect(await states("shop.service", "worker.service", "shop-touch.timer")).toBe("active\nactive\nactive");
  });

  test("gets units that changed where the release stays, restarts those, and loses units that are not named any more", async () => {
    const before = await pid();
    await write({
      "hostout.cfg": `${service.replace("    worker = sleep infinity\n", "")}service-options = Nice=5\n`,
    });
    const stdout = await succeed("shop", "services");
    expect(stdout).toMatch(/shop\.service changes\n.*\+ Nice=5\n[\s\S]*worker\.service is removed/);
    expect(await pid()).not.toBe(before);
    expect(await host.sh("ls /etc/systemd/system/worker.service 2>&1 || :")).toContain("No such file");
    expect(await states("worker.service")).toBe("inactive");
    expect(await succeed("shop", "services")).not.toMatch(/changes|removed/);
  });

  test("does not take a unit that systemd refuses, and warns of a setting that systemd ignores", async () => {
    const text = await host.sh("cat /etc/systemd/system/shop.service");
    await write({ "hostout.cfg": service.replace("./app.py", "./missing.py") });
    const { code, stdout } = await hostout("shop", "services");
    expect([code, stdout]).toEqual([
      4,
      expect.stringMatching(/systemd-analyze refuses the units.*missing\.py/),
    ]);
    expect(await host.sh("cat /etc/systemd/system/shop.service")).toBe(text);
    await write({ "hostout.cfg": `${service}service-options = MemoryMx=5M\n` });
    expect(await succeed("shop", "services")).toMatch(/warning: systemd-analyze: .*MemoryMx/);
    await write({ "hostout.cfg": service });
    await succeed("shop", "services");
  });

  test("leaves a unit of others as it is, and says so before anything changes", async () => {
    const before = await current();
    await write({ "hostout.cfg": service.replace("worker = ", "ssh = "), page: "four\n" });
    const { code, stdout } = await hostout("shop", "deploy");
    expect([code, stdout]).toEqual([
      4,
      expect.stringMatching(/ssh\.service is a unit that hostout did not make for this site/),
    ]);
    expect([await current(), await states("ssh.service")]).toEqual([before, "active"]);
    await write({ "hostout.cfg": service, page: "two\n" });
  });

  test("runs a job at its times, as its owner", async () => {
    await host.sh("systemctl start shop-touch.service");
    expect(await host.sh("stat -c %U /srv/shop/var/ran")).toBe("shop");
  });

  test("stops wholly, starts again, shows its state and its journal", async () => {
    await succeed("shop", "stop");
    expect(await states("shop.service", "shop.socket", "shop-touch.timer")).toBe(
      "inactive\ninactive\ninactive",
    );
    await succeed("shop", "start");
    await untilPage("two");
    const status = await succeed("shop", "status");
    expect(status).toMatch(/shop\.socket running, shop-touch\.timer waiting, shop\.service running/);
    expect(await succeed("shop", "logs", "--lines", "20")).toMatch(/\[web1\] .*systemd\[1\]: Started /);
    const { code, stdout } = await hostout("shop", "reload");
    expect([code, stdout]).toEqual([4, expect.stringMatching(/shop\.service.* cannot reload/)]);
  });

  test("keeps a secret out of its units", async () => {
    await write({ "hostout.cfg": service.replace('GREETING=50% "off"', "secret:env:SHOP_WORD") });
    const env = { HOSTOUT_SSH_CONFIG: host.sshConfig, SHOP_WORD: "TOKEN=hush-hush" };
    const { code, stdout, stderr } = await runProgram(bin, ["shop", "services"], { cwd: folder, env });
    expect([code, stdout + stderr]).toEqual([
      2,
      expect.stringMatching(/a secret would be in shop\.service, which every user of the host can read/),
    ]);
    expect(stdout + stderr).not.toContain("hush-hush");
    expect(await host.sh("grep -rl hush-hush /etc/systemd /var/lib/hostout || :")).toBe("");
    await write({ "hostout.cfg": service });
  });

  test("runs without root under the manager of its user, also after a reboot", async () => {
    const user = shop
      .replaceAll("shop", "own")
      .replace("effective-user = own\n", "")
      .replace("/srv/own", "~/own");
    await write({
      "hostout.cfg": `${user}service = ./app.py\nservice-scope = user\nverify = http://127.0.0.1:8081/ 200\nverify-timeout = 10s\n`,
    });
    await host.sh("rm /etc/sudoers.d/deploy");
    const { code, stdout } = await hostout("own", "deploy");
    // The host has no polkit, which would allow that.
    expect([code, stdout]).toEqual([4, expect.stringContaining("as root: loginctl enable-linger deploy")]);
    await host.sh("loginctl enable-linger deploy");
    await succeed("own", "deploy");
    const ask =
      "python3 -c \"import urllib.request as u; print(u.urlopen('http://127.0.0.1:8081').read().decode())\"";
    expect(await host.sh(ask)).toBe("two");
    expect(await host.sh("ls /home/deploy/.config/systemd/user/own.service")).not.toBe("");
    await host.reboot();
    for (let tries = 0; tries < 100 && (await host.sh(`${ask} || :`)) !== "two"; tries++) await sleep(100);
    expect(await host.sh(ask)).toBe("two");
    expect(await succeed("own", "status")).toContain("own.service running");
  });
});
