import { describeDeploys, projectPath } from "./deploy-bed.ts";

const path = "/srv/shop";

describeDeploys(
  "faults that operators meet",
  async (bed) => {
    await bed.write({
      "hostout.cfg": `[shop]
host = web1
path = ${path}
include = page
start-cmd = test ! -e /tmp/broken && cp page /tmp/running
stop-cmd = rm /tmp/running
verify = ! grep -q bad page
verify-timeout = 1s
`,
      page: "bad one\n",
    });
  },
  (bed) => {
    const edit = (text: string) => bed.write({ page: `${text}\n` });

    test("after a first deploy that failed its check, status says that, and not that it was cut off", async () => {
      expect((await bed.hostout("shop deploy")).code).toBe(7);
      const { code, stdout } = await bed.hostout("shop status");
      expect([code, stdout]).toEqual([
        0,
        expect.stringMatching(
          /the last deploy failed: \S+ failed its check: web1: verify '! grep -q bad page': expected success, but /,
        ),
      ]);
      expect(stdout).not.toMatch(/cut off/);
    });

    test("a start that fails in the rollback too says that the site is stopped, and what starts it", async () => {
      await edit("one");
      expect((await bed.hostout("shop deploy")).code).toBe(0);
      await edit("two");
      await bed.web1.sh("touch /tmp/broken");
      const { code, stdout } = await bed.hostout("shop deploy");
      expect([code, stdout]).toEqual([
        4,
        expect.stringMatching(
          /\S+ is live, but did not start: the site is stopped: 'test ! -e .*\n.*hostout shop start$/m,
        ),
      ]);
      await bed.web1.sh("rm /tmp/broken");
      expect((await bed.hostout("shop start")).code).toBe(0);
      expect((await bed.web1.sh("cat /tmp/running")).stdout).toBe("one\n");
    });

    test("a rollback to a release that does not start says that the site is stopped", async () => {
      await edit("three");
      expect((await bed.hostout("shop deploy")).code).toBe(0);
      await bed.web1.sh("touch /tmp/broken");
      const { code, stdout } = await bed.hostout("shop rollback");
      await bed.web1.sh("rm /tmp/broken");
      expect([code, stdout]).toEqual([4, expect.stringContaining("did not start: the site is stopped")]);
      expect((await bed.hostout("shop start")).code).toBe(0);
    });

    test("a hint of a command line keeps what was typed before the site", async () => {
      await edit("hint");
      expect((await bed.hostout("shop deploy")).code).toBe(0);
      await bed.write({ "other.cfg": "[buildout]\nextends = hostout.cfg\n" });
      for (const [typed, hint] of [
        [
          "'shop:start-cmd=sleep 1' shop rollback nothing",
          "'hostout 'shop:start-cmd=sleep 1' shop releases' lists them.",
        ],
        [
          "-c other.cfg shop:keep=2 shop rollback nothing",
          "'hostout -c other.cfg shop:keep=2 shop releases' lists them.",
        ],
        ["shop rollback nothing", "'hostout shop releases' lists them."],
      ] as const) {
        const { code, stdout } = await bed.hostout(typed);
        expect([typed, code, stdout]).toEqual([typed, 4, expect.stringContaining(`try: ${hint}`)]);
      }
    });

    test("a hint has no assignment of a secret, and no journal has", async () => {
      await edit("secret");
      expect((await bed.hostout("shop deploy")).code).toBe(0);
      const typed = `"shop:password=it's-secret" shop:keep=2 shop rollback nothing`;
      const { code, stdout, stderr } = await bed.hostout(typed);
      expect([code, stdout]).toEqual([
        4,
        expect.stringContaining("try: 'hostout shop:keep=2 shop releases'"),
      ]);
      const journals = await bed.client.sh(`grep -rh . ${projectPath}/.hostout/runs`);
      expect(journals.stdout).toContain("shop:keep=2");
      expect(stdout + stderr + journals.stdout).not.toMatch(/s-secret/);
    });

    test("a login user without the right to use sudo is told from a wrong password", async () => {
      await bed.web1.sh("echo nosudo:s3same | chpasswd");
      const sudo = (password: string) =>
        bed.hostout(`shop:user=nosudo shop:password=${password} shop sudo true`);
      const [refused, wrong] = [await sudo("s3same"), await sudo("mistyped")];
      expect([refused.code, refused.stdout]).toEqual([
        4,
        expect.stringContaining("nosudo has no right to use sudo on web1: nosudo is not in its sudoers file"),
      ]);
      expect(refused.stdout).toContain("as root on web1: echo 'nosudo ALL=");
      expect([wrong.code, wrong.stdout]).toEqual([
        4,
        expect.stringMatching(
          /nosudo cannot become root on web1: the password is wrong\n.* password that nosudo has on web1/,
        ),
      ]);
    });

    test("an identity-file that the host refuses is a warning where another way lets in", async () => {
      await bed.client.sh("ssh-keygen -q -t ed25519 -N '' -f /root/other");
      const { code, stdout } = await bed.hostout(
        "shop:path=/tmp shop:user=admin shop:password=admin shop:identity-file=/root/other shop run 'test -d /'",
      );
      expect([code, stdout]).toEqual([
        0,
        expect.stringContaining(
          "warning: the host refused identity-file /root/other; the option password was accepted",
        ),
      ]);
    });

    test("a path of another account is refused with its owner and the cure, by every command", async () => {
      await edit("theirs");
      const theirs = "shop:path=/srv/theirs";
      await bed.web1.sh("mkdir /srv/theirs && chown deploy: /srv/theirs");
      const empty = await bed.hostout(`${theirs} shop:user=nosudo shop check`);
      expect([empty.code, empty.stdout]).toEqual([
        4,
        expect.stringContaining(
          "nosudo may not write to /srv/theirs, which belongs to deploy: add to [shop]: effective-user = deploy; or give it to nosudo on the host: chown -R nosudo /srv/theirs",
        ),
      ]);
      expect((await bed.hostout(`${theirs} shop:user=deploy shop:start-cmd=true shop deploy`)).code).toBe(0);
      for (const command of ["check", "deploy", "rollback", "status", "cleanup", "unlock", "activate"]) {
        const { code, stdout } = await bed.hostout(`${theirs} shop:user=nosudo shop ${command}`);
        expect([command, code, stdout]).toEqual([
          command,
          4,
          expect.stringContaining("nosudo may not enter /srv/theirs/.hostout, which belongs to deploy"),
        ]);
        expect(stdout).toContain("try: Add to [shop]: effective-user = deploy; or give the site to nosudo");
      }
    });

    test("cleanup removes the package of a failed build; resume sends it again", async () => {
      const packages = async () =>
        (await bed.web1.sh(`ls ${path}/.hostout/packages/*.tar`)).stdout.trim().split("\n");
      await edit("built");
      expect((await bed.hostout("shop deploy")).code).toBe(0);
      const before = await packages();
      await edit("unbuilt");
      await bed.web1.sh("touch /tmp/unbuildable");
      expect((await bed.hostout("'shop:build-command=test ! -e /tmp/unbuildable' shop deploy")).code).toBe(4);
      const [failed = "none", ...more] = (await packages()).filter((file) => !before.includes(file));
      expect([failed, more]).toEqual([expect.stringMatching(/\.tar$/), []]);
      const { code, stdout } = await bed.hostout("shop cleanup -v");
      expect([code, stdout]).toEqual([0, expect.stringContaining("of a failed release alone")]);
      expect(await packages()).not.toContain(failed);
      await bed.web1.sh("rm /tmp/unbuildable");
      const resumed = await bed.hostout("resume");
      expect([resumed.code, resumed.stderr]).toEqual([0, expect.stringContaining("resuming the run")]);
      expect((await bed.web1.sh("cat /tmp/running")).stdout).toBe("unbuilt\n");
    });

    test("{host} in a command line of verify is the address, in quotes too", async () => {
      const line = `test {host}/"{host}"/'http://{host}/' = "web1/web1/http://web1/"`;
      await bed.write({
        "verify.cfg": `[buildout]\nextends = hostout.cfg\n[shop]\nverify = ${line}\n`,
      });
      await edit("host");
      expect((await bed.hostout("shop deploy")).code).toBe(0);
      const { code, stdout } = await bed.hostout("-c verify.cfg shop verify");
      expect([code, stdout]).toEqual([0, expect.stringContaining("'test web1/")]);
    });

    test("a host that Ctrl-C met amid its work is interrupted, and its live release is named", async () => {
      await edit("four");
      expect((await bed.hostout("shop deploy")).code).toBe(0);
      await edit("five");
      const deploy = bed.hostout("'shop:build-command=touch /tmp/building; sleep 20' shop deploy", {
        before: "echo $$ >pid; exec",
      });
      await bed.web1.sh("until [ -e /tmp/building ]; do sleep 0.1; done");
      await bed.client.sh(`kill -INT $(cat ${projectPath}/pid)`);
      const { code, stdout } = await deploy;
      expect([code, stdout]).toEqual([130, expect.stringMatching(/^\[web1\] interrupted: in 'deploy /m)]);
      expect(stdout).toMatch(/^ {4}live release: \d{8}T\S+$/m);
      expect(stdout).toContain("0 ok, 1 interrupted in ");
    });
  },
);
