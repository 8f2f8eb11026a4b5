import { whyNoBed } from "../bed/bed.ts";
import { describeUnless } from "../bed/describe-with.ts";
import { type DeployBed, endOf, startDeployBed } from "./deploy-bed.ts";

/** What a host lacks: how that comes about, as root there, what is told, and how it is mended. */
const faults = [
  ["flock is not there", "mv /usr/bin/flock /usr/bin/flock.away", "mv /usr/bin/flock.away /usr/bin/flock"],
  ["dirname is not there", "mv /usr/bin/dirname /usr/bin/away", "mv /usr/bin/away /usr/bin/dirname"],
  ["dd, sed are not there", "mv /usr/bin/dd /usr/bin/sed /opt", "mv /opt/dd /opt/sed /usr/bin"],
  ["/srv/deep is no folder", "touch /srv/deep", "rm /srv/deep"],
  ["/srv/deep is no folder", "ln -s nowhere /srv/deep", "rm /srv/deep"],
  ["deploy may not enter /srv/deep", "mkdir -m 700 /srv/deep", "rmdir /srv/deep"],
  ["deploy may not write to /srv/deep/site", "mkdir -p /srv/deep/site", "rm -r /srv/deep"],
  [
    "/srv/deep/site is on a file system that is mounted read-only",
    "mkdir -p /srv/deep/site && mount -t tmpfs -o mode=777 none /srv/deep/site && mount -o remount,ro /srv/deep/site",
    "umount /srv/deep/site && rm -r /srv/deep",
  ],
  [
    "/srv/deep is on a file system that is mounted read-only",
    "mkdir /srv/deep && mount -t tmpfs -o ro,mode=777 none /srv/deep",
    "umount /srv/deep && rmdir /srv/deep",
  ],
  [
    "deploy may not write to /srv/deep/site/.hostout/packages",
    "mkdir -p /srv/deep/site/.hostout/packages && chown -R deploy /srv/deep && chmod 550 /srv/deep/site/.hostout/packages",
    "rm -r /srv/deep",
  ],
  [
    // Of a folder that may not be entered nothing else is known.
    "web1: deploy may not enter /srv/deep/site/.hostout, which belongs to root\n",
    "mkdir -p /srv/deep/site/.hostout && chown deploy /srv/deep /srv/deep/site && chmod 750 /srv/deep/site/.hostout",
    "rm -r /srv/deep",
  ],
  [
    "deploy may not write to /srv/deep/site/releases",
    "mkdir -p /srv/deep/site/releases && chown deploy /srv/deep /srv/deep/site",
    "rm -r /srv/deep",
  ],
  [
    "/srv/deep/site/releases leads to /srv/deep/disk/releases, so var of a release would not be that of the site",
    "mkdir -p /srv/deep/site /srv/deep/disk/releases && ln -s ../disk/releases /srv/deep/site/releases && chown -R deploy /srv/deep",
    "rm -r /srv/deep",
  ],
  [
    "/srv/deep/site/.hostout is on another file system than /srv/deep/site, so nothing could be switched at once",
    "mkdir -p /srv/deep/site/.hostout && mount -t tmpfs none /srv/deep/site/.hostout && chown -R deploy /srv/deep",
    "umount /srv/deep/site/.hostout && rm -r /srv/deep",
  ],
  [
    "/srv/deep/site/current is no link",
    "mkdir -p /srv/deep/site/current && chown -R deploy /srv/deep",
    "rm -r /srv/deep",
  ],
  [
    " are free, and the release needs 3.7 MiB",
    "mkdir /srv/deep && mount -t tmpfs -o size=256k,mode=777 none /srv/deep",
    "umount /srv/deep && rmdir /srv/deep",
  ],
] as const;

describeUnless(whyNoBed(), "check looks whether a host can take a release", () => {
  let bed: DeployBed;
  beforeAll(async () => {
    bed = await startDeployBed();
    await bed.write({
      "hostout.cfg": `[site]
host = web1
user = deploy
path = /srv/deep/site
include = page
commands-as = effective
`,
    });
    await bed.client.sh("seq 200000 >/srv/project/page");
  });
  afterAll(() => bed?.stop());

  test.each(faults)(
    "%s (%s): it says so, and so does a deploy, which changes nothing",
    async (told, fault, mend) => {
      await bed.web1.sh(fault);
      const look = async () =>
        (await bed.web1.sh("find /srv /home/deploy -path '*/.ssh' -prune -o -print | sort")).stdout;
      const before = await look();
      for (const command of ["package check", "deploy"]) {
        const { code, stdout } = await bed.hostout(`site ${command}`);
        expect([command, code, stdout]).toEqual([command, 4, expect.stringContaining(told)]);
        expect(stdout).not.toContain("can take a release");
      }
      expect(await look()).toBe(before);
      await bed.web1.sh(mend);
    },
  );

  test("an ssh server that forwards nothing to the port that verify asks is told before anything is stopped", async () => {
    const sshd = (config: string) =>
      bed.web1.sh(
        `cp -n /etc/ssh/bed/config /etc/ssh/bed/config.away; ${config}; kill -HUP $(cat /run/sshd.pid)`,
      );
    const at = "site:path=/home/deploy/forwards";
    const verify = "'site:verify=http://127.0.0.1:8099/ 200'";
    // That nothing listens yet is no fault.
    expect(await bed.hostout(`${at} ${verify} site check`)).toMatchObject({ code: 0 });
    await sshd("echo 'AllowTcpForwarding no' >>/etc/ssh/bed/config");
    for (const words of ["check", "deploy"]) {
      const { code, stdout } = await bed.hostout(`${at} ${verify} site ${words}`);
      expect([words, code, stdout]).toEqual([words, 4, expect.stringContaining("AllowTcpForwarding")]);
      expect(stdout).toContain("its ssh server does not let us through to 127.0.0.1:8099");
    }
    const byOpenssh = await bed.hostout(`${at} site:transport=openssh ${verify} site check`);
    expect([byOpenssh.code, byOpenssh.stdout]).toEqual([4, expect.stringContaining("AllowTcpForwarding")]);
    expect(await bed.hostout(`${at} 'site:verify=true' site check`)).toMatchObject({ code: 0 });
    expect(await bed.web1.sh("ls /home/deploy/forwards", { mayFail: true })).toMatchObject({ code: 2 });
    await sshd("mv /etc/ssh/bed/config.away /etc/ssh/bed/config");
  });

  test("a disk with no room left is told without package before it too", async () => {
    await bed.web1.sh(
      "mkdir /srv/deep && mount -t tmpfs -o size=64k,mode=777 none /srv/deep && head -c 64k /dev/zero >/srv/deep/full",
    );
    const { code, stdout } = await bed.hostout("site check");
    expect([code, stdout]).toEqual([4, expect.stringContaining("there is no room left for /srv/deep/site")]);
    await bed.web1.sh("umount /srv/deep && rmdir /srv/deep");
  });

  test("what needs another account than who logs in is told before anything is made; where nothing does, none is tried", async () => {
    await bed.web1.sh("mkdir -p /srv/rights && chown admin /srv/rights");
    const at = "--no-input site:path=/srv/rights site:user=admin";
    const commands = `${at} site:commands-as=root site:stop-cmd=true site:post-commands=true`;
    const build = `${at} site:build-command=true site:buildout-user=m3user`;
    const refused = "sudo wants the password of admin on web1, and there is nobody to ask";
    for (const [settings, told] of [
      [commands, `web1: root is needed for stop-cmd, post-commands (commands-as = root): ${refused}`],
      [build, `web1: root is needed for buildout-user: ${refused}; m3user is needed for the build`],
    ] as const)
      for (const command of ["check", "package check", "deploy"]) {
        const { code, stdout } = await bed.hostout(`${settings} site ${command}`);
        expect([command, code, stdout]).toEqual([command, 4, expect.stringContaining(told)]);
      }
    expect((await bed.web1.sh("ls -A /srv/rights")).stdout).toBe("");
    for (const more of ["site:commands-as=root", "site:stop-cmd=true", "site:buildout-user=admin"])
      expect([more, (await bed.hostout(`${at} ${more} site check`)).code]).toEqual([more, 0]);
    expect((await bed.hostout(`${commands} site:password=admin site check`)).code).toBe(0);
    // Without a line for root, root is not needed at all.
    const { code, stdout } = await bed.hostout(`${at} site:commands-as=root site deploy`);
    expect([code, code === 0 ? "" : stdout]).toEqual([0, ""]);
    await bed.web1.sh("rm -r /srv/rights");
  });

  test("a program in the project's folder, which the host does not have, is told before anything is made", async () => {
    const told = (name: string) =>
      `web1: ${name} = /srv/project/bin/supervisord is in the project's folder of this machine, and not there: write bin/supervisord`;
    await bed.web1.sh("mkdir /srv/deep && chown deploy /srv/deep");
    for (const name of ["start-cmd", "pre-commands", "verify"])
      for (const command of ["check", "deploy"]) {
        const line = "A=b /srv/project/bin/supervisord -x";
        const { code, stdout } = await bed.hostout(`'site:${name}=${line}' site ${command}`);
        expect([name, command, code, stdout]).toEqual([
          name,
          command,
          4,
          expect.stringContaining(told(name)),
        ]);
      }
    const away = await bed.hostout("'site:start-cmd=cd /srv/project && ls' site check");
    expect([away.code, away.stdout]).toEqual([4, expect.stringContaining("start-cmd = /srv/project is in")]);
    // The folder of the buildout is that of the host.
    const mapped = "'site:start-cmd=cd ${buildout:directory} && ${buildout:bin-directory}/supervisord'";
    expect((await bed.hostout(`${mapped} site check`)).code).toBe(0);
    expect((await bed.web1.sh("ls -A /srv/deep")).stdout).toBe("");
    await bed.web1.sh("mkdir -p /srv/project/bin && touch /srv/project/bin/supervisord");
    expect((await bed.hostout("site:start-cmd=/srv/project/bin/supervisord site check")).code).toBe(0);
    await bed.web1.sh("rm -r /srv/project /srv/deep");
    expect(
      (await bed.hostout("site:path=/srv/project site:start-cmd=/srv/project/bin/x site check")).code,
    ).toBe(0);
  });

  test("a folder that who logs in may not make, and nobody else may for him, is told before anything is packaged", async () => {
    const told = "root is needed for /srv/nobodys/site, as nosudo may not write to /srv: ";
    for (const command of ["check", "deploy"]) {
      const { code, stdout } = await bed.hostout(
        `--no-input site:path=/srv/nobodys/site site:user=nosudo site ${command}`,
      );
      expect([command, code, stdout]).toEqual([command, 4, expect.stringContaining(told)]);
    }
    expect((await bed.hostout("site:path=/srv/nobodys/site site check")).code).toBe(0);
  });

  test("the interpreter of a buildout is looked at without package before it too; what is none needs none", async () => {
    await bed.web1.sh("mkdir -p /srv/deep && chown deploy /srv/deep");
    const check = (more = "") => bed.hostout(`site:python=/nope ${more} site check`);
    expect((await check()).code).toBe(0);
    await bed.write({ "buildout.cfg": "[buildout]\nparts =\n" });
    const { code, stdout } = await check();
    expect([code, stdout]).toEqual([4, expect.stringContaining("/nope has neither zc.buildout nor")]);
    expect((await check("site:build-command=true")).code).toBe(0);
    // Pushed ones are built elsewhere.
    expect((await check("site:plugins=hostout.pushdeploy")).code).toBe(0);
    await bed.client.sh("rm /srv/project/buildout.cfg");
  });

  test("where all is well it says what it saw; what was edited there is told, and is no fault", async () => {
    await bed.web1.sh("mkdir -p /srv/deep && chown deploy /srv/deep");
    expect((await bed.hostout("site deploy")).code).toBe(0);
    await bed.web1.sh("echo edited >>/srv/deep/site/current/page");
    const { code, events } = await bed.events("site check");
    expect([code, endOf(events, "check")?.value]).toEqual([
      0,
      {
        freeBytes: expect.any(Number),
        served: expect.stringMatching(/Z-/),
        driftFiles: 1,
        hasMoreDrift: false,
      },
    ]);
    expect(events).toContainEqual(
      expect.objectContaining({
        severity: "warning",
        line: expect.stringMatching(/^changed on the host: .*\/page$/),
      }),
    );
  });

  test("where more than 1,000 files were edited, drift, status and check say so, and name each as changed", async () => {
    const site = "site:path=/home/deploy/many site:include=many";
    await bed.client.sh("mkdir /srv/project/many && cd /srv/project/many && touch $(seq 1001)");
    expect((await bed.hostout(`${site} site deploy`)).code).toBe(0);
    const edit = (many: number) =>
      bed.web1.sh(`cd /home/deploy/many/current/many && for n in $(seq ${many}); do echo edited >>$n; done`);
    const found = async () => {
      const { events } = await bed.events(`${site} site drift status check`);
      return ["drift", "status", "check"].map((command) => endOf(events, command));
    };
    for (const [most, more] of [
      [1000, false],
      [1001, true],
    ] as const) {
      await edit(most);
      const [drift, ...others] = await found();
      expect(drift?.note).toMatch(more ? /^more than 1000 files edited/ : /^1000 files edited/);
      const { files, hasMoreDrift } = drift!.value as { files: { how: string }[]; hasMoreDrift: boolean };
      expect([files.length, hasMoreDrift, new Set(files.map(({ how }) => how))]).toEqual([
        1000,
        more,
        new Set(["changed"]),
      ]);
      for (const one of others) expect(one?.value).toMatchObject({ driftFiles: 1000, hasMoreDrift: more });
      expect((await bed.hostout(`${site} site check`)).stdout).toContain(
        `warning: and ${more ? "more than " : ""}990 more; `,
      );
    }
  });

  test("an edit whose time was set back is told too", async () => {
    await bed.web1.sh("cd /srv/deep/site/current && echo more >>page && touch -d 2001-01-01 page");
    const { stdout } = await bed.hostout("site deploy");
    expect(stdout).toContain("warning: changed on the host");
  });

  test("a rollback, which is not checked before, says what it may not write to, and not with which script", async () => {
    await bed.web1.sh("chmod 550 /srv/deep/site/.hostout");
    const { code, stdout } = await bed.hostout("site rollback");
    await bed.web1.sh("chmod 750 /srv/deep/site/.hostout");
    expect([code, stdout]).toEqual([
      4,
      expect.stringMatching(/web1: \/srv\/deep\/site: .*Permission denied/),
    ]);
    expect(stdout).toContain(
      "try: Give /srv/deep/site, with releases and .hostout in it, to the owner of the site",
    );
    expect(stdout).not.toMatch(/sh -c|hostout: \d+/);
  });

  test("a server that allows one session on a connection is worked with over several, and one that allows none is told", async () => {
    const restart =
      "kill $(cat /run/sshd.pid); sleep 0.2; /usr/sbin/sshd -f /etc/ssh/bed/config -E /var/log/sshd.log";
    const withSessions = async (most: number, words: string) => {
      await bed.web1.sh(`echo MaxSessions ${most} >>/etc/ssh/bed/config; ${restart}`);
      const { code, stdout } = await bed.hostout(words);
      await bed.web1.sh(`sed -i /MaxSessions/d /etc/ssh/bed/config; ${restart}`);
      return [code, stdout];
    };
    expect(await withSessions(1, "site deploy")).toEqual([0, expect.anything()]);
    expect(await withSessions(0, "site deploy")).toEqual([
      6,
      expect.stringContaining("Set MaxSessions 1 or more in its sshd_config"),
    ]);
  });

  test("a push, which is not checked before, says what its host lacks too", async () => {
    await bed.write({
      "push.cfg": `[site]
host = web1
user = deploy
path = /srv/deep/pushed
plugins = hostout.pushdeploy
staging-path = /srv/staging
push-folders = bin
relocatable = true
`,
    });
    await bed.client.sh("mkdir -p /srv/staging/bin && echo new >/srv/staging/bin/app");
    await bed.web1.sh("mv /usr/bin/flock /usr/bin/flock.away");
    const { code, stdout } = await bed.hostout("-c push.cfg site push");
    await bed.web1.sh("mv /usr/bin/flock.away /usr/bin/flock");
    expect([code, stdout]).toEqual([4, expect.stringContaining("a program is missing there: flock")]);
  });
});
