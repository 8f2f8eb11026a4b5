import { describeDeploys } from "./deploy-bed.ts";

const author = "git config user.email test@localhost && git config user.name test";

describeDeploys(
  "the checkout of a staged site",
  async (bed) => {
    const site = "plugins = hostout.pushdeploy\nhost = web1\nuser = deploy\nrestart = true\n";
    await bed.write({ "hostout.cfg": `[site]\n${site}path = /srv/co\n[other]\n${site}path = /srv/other\n` });
    await bed.client.sh(`git config --global protocol.file.allow always
git init -q -b main /srv/library && cd /srv/library && ${author} && echo one >code && git add -A && git commit -qm one
git init -q -b main /srv/repository && cd /srv/repository && ${author}
git submodule -q add /srv/library library && echo one >code && git add -A && git commit -qm one && git branch feature
hg init /srv/hg && cd /srv/hg && echo one >code && hg commit -qAm one -u test
hg branch -q feature && echo two >code && hg commit -qm two -u test && hg update -q default`);
  },
  (bed) => {
    const commit = (text: string) => `echo ${text} >code && git add -A && git commit -qm ${text}`;
    const code = async () => (await bed.client.sh("cat /srv/co/code /srv/co/library/code")).stdout;

    test("goes with its submodules", async () => {
      expect(await bed.hostout("site checkout /srv/repository")).toMatchObject({ code: 0 });
      expect(await code()).toBe("one\none\n");
      await bed.client.sh(
        `cd /srv/library && ${commit("two")}; cd /srv/repository/library && git pull -q && cd .. && ${commit("two")}`,
      );
      expect(await bed.hostout("site update")).toMatchObject({ code: 0 });
      expect(await code()).toBe("two\ntwo\n");
      expect((await bed.hostout("site update")).stdout).toContain("unchanged");
    });

    test("that failed leaves nothing behind, of git and of hg, nor in a folder that was there", async () => {
      await bed.client.sh("mkdir -p /srv/other && chmod 2750 /srv/other");
      for (const repository of ["/srv/repository", "/srv/hg"]) {
        const { code, stdout } = await bed.hostout(`other checkout ${repository} nosuch`);
        expect(code).toBe(4);
        expect(stdout).toContain("nosuch");
        expect((await bed.client.sh("ls -A /srv/other; stat -c %a /srv/other")).stdout).toBe("2750\n");
        const missing = await bed.hostout(`other:path=/srv/none/deep other checkout ${repository} nosuch`);
        expect(missing.code).toBe(4);
        expect((await bed.client.sh("ls -d /srv/none/deep", { mayFail: true })).code).toBe(2);
      }
    });

    test("goes to the branch that is named, and says which one it is at, of git and of hg", async () => {
      await bed.client.sh("cd /srv/repository && git branch -f feature");
      const sites = [
        ["/srv/repository", "main"],
        ["/srv/hg", "default"],
      ];
      for (const [repository, main] of sites) {
        const words = `other:path=/srv/at-${main} other checkout ${repository}`;
        expect(await bed.hostout(words)).toMatchObject({ code: 0 });
        const again = await bed.hostout(words);
        expect(again.stdout).toContain(`${main} of ${repository} exists already`);
        expect((await bed.hostout(`${words} feature`)).stdout).toContain(`${main} -> feature`);
        expect((await bed.hostout(`${words} feature`)).stdout).toContain("unchanged");
        expect((await bed.hostout(`${words} nosuch`)).code).toBe(4);
        await bed.client.sh(`echo edit >>/srv/at-${main}/code`);
        const edited = await bed.hostout(`${words} ${main}`);
        expect(edited.code).toBe(4);
        expect(edited.stdout).toContain("has edits that are not committed: code");
      }
    });

    test("that was killed is no checkout", async () => {
      await bed.client.sh(
        "git init -q /srv/killed && cd /srv/killed && git remote add origin /srv/repository",
      );
      const { code, stdout } = await bed.hostout("other:path=/srv/killed other checkout /srv/repository");
      expect(code).toBe(4);
      expect(stdout).toContain("its checkout was cut off");
    });

    test("is told by a dry run with all that follows it, and nothing is made", async () => {
      const words = "--dry-run other:path=/srv/dry other checkout /srv/repository update bootstrap buildout";
      const { code, stdout } = await bed.hostout(words);
      expect(code).toBe(0);
      const would = [...stdout.matchAll(/would (.*)/g)].map(([, what]) => what);
      expect(would).toEqual([
        "run: git clone /srv/repository",
        "run the bootstrap of what is checked out",
        "run: touch /srv/dry/.hostout-unbuilt",
        "run: bin/buildout (in /srv/dry)",
        "run: rm -f /srv/dry/.hostout-unbuilt",
      ]);
      expect((await bed.client.sh("ls -d /srv/dry", { mayFail: true })).code).toBe(2);
    });

    test("stays at a tag that it was updated to, and follows one that was moved", async () => {
      await bed.client.sh("cd /srv/repository && git tag production HEAD~1");
      expect(await bed.hostout("site update production")).toMatchObject({ code: 0 });
      expect(await bed.hostout("site update")).toMatchObject({ code: 0 });
      expect(await code()).toBe("one\none\n");
      await bed.client.sh("cd /srv/repository && git tag -f production");
      expect(await bed.hostout("site update production")).toMatchObject({ code: 0 });
      expect(await code()).toBe("two\ntwo\n");
    });

    test("fails with the words of git, and with no script of hostout's", async () => {
      await bed.client.sh(`cd /srv/co && git checkout -q main && ${author} && git commit -q --allow-empty -m own
cd /srv/repository && git commit -q --allow-empty -m other
git init -q /srv/project && echo odd >/srv/project/.git/index`);
      const update = await bed.hostout("site update main");
      expect(update.stdout).toMatch(
        /'git checkout main' ended with 128: .*fatal: Not possible to fast-forward/s,
      );
      const packaged = await bed.hostout("site package");
      expect(packaged.stdout).toMatch(/'git ls-files' ended with 128: fatal: .*index file/);
      expect(update.stdout + packaged.stdout).not.toMatch(/sh -c|set -e|env -u|branch=/);
      await bed.client.sh("rm -r /srv/project/.git; cd /srv/co && git reset -q --hard origin/main");
    });

    test("is not up to date where its branch is gone", async () => {
      expect(await bed.hostout("site update feature")).toMatchObject({ code: 0 });
      await bed.client.sh("cd /srv/repository && git branch -qD feature");
      for (const words of ["update", "update feature"]) {
        const { code, stdout } = await bed.hostout(`site ${words}`);
        expect(code).toBe(4);
        expect(stdout).toContain("the repository has no branch 'feature'");
      }
      expect(await bed.hostout("site update main")).toMatchObject({ code: 0 });
    });

    test("tells no password of its repository", async () => {
      const address = "https://bob:secret-word@127.0.0.1:9/repository.git";
      const failed = await bed.hostout(`other checkout ${address}`);
      expect(failed.code).toBe(4);
      await bed.client.sh(`cd /srv/co && git remote set-url origin ${address}`);
      const there = await bed.hostout(`site checkout ${address}`);
      expect(there.stdout).toContain("https://bob:***@127.0.0.1:9/repository.git exists already");
      const other = await bed.hostout("site checkout /srv/elsewhere");
      const logs = await bed.client.sh(
        "cat /srv/project/.hostout/runs/*/*.log /srv/project/.hostout/runs/*.ndjson",
      );
      const told = ["explain", "--json", "--dry-run", "--dry-run --json"].map((how) =>
        bed.hostout(
          how === "explain" ? `site explain checkout ${address}` : `${how} site checkout ${address}`,
        ),
      );
      const assigned = await bed.hostout(`site:restart-with=${address} --json site update`);
      const page = `$(bin=x; ls /srv/project/.hostout/runs | grep ndjson | tail -1 | cut -d. -f1)`;
      const html = await bed.hostout(`history ${page} --html /root/page.html`);
      const shown = await bed.client.sh("cat /root/page.html");
      const all = [failed, there, other, logs, assigned, html, shown, ...(await Promise.all(told))];
      for (const { stdout, stderr } of all) expect(stdout + stderr).not.toContain("secret-word");
    });
  },
);
