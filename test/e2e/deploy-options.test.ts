import { whyNoBed } from "../bed/bed.ts";
import { describeUnless } from "../bed/describe-with.ts";
import { contentOf, type DeployBed, endOf, projectPath, startDeployBed } from "./deploy-bed.ts";

/** A section as of collective.hostout. */
const old = (name: string, path: string, more: string) => `[${name}]
recipe = collective.hostout
host = web1
user = deploy
effective-user = zope
remote_path = ${path}
${more}`;

describeUnless(whyNoBed(), "options of collective.hostout on a real host", () => {
  let bed: DeployBed;
  beforeAll(async () => {
    bed = await startDeployBed();
    await bed.write({
      "hostout.cfg": [
        old(
          "first",
          "~zope/first",
          "build-command = sh build.sh\nstart_cmd = echo start as $(id -u) in $(pwd -P) >>/tmp/first\nstop_cmd =\n    echo stop as $(id -u) >>/tmp/first\n    false\n    echo stopped >>/tmp/first\npre-commands = echo pre >>/tmp/first\npost-commands = echo post >>/tmp/first\n",
        ),
        old("second", "/srv/second", "include = page\nstart_cmd = echo start >>/tmp/second\n"),
        "[third]\nhost = web1\nuser = deploy\neffective-user = zope\ninclude = page\n",
      ].join(""),
      page: "one\n",
      "build.sh": "test ! -e /tmp/refuse\n",
    });
  });
  afterAll(() => bed?.stop());

  const lines = async (name: string) =>
    (await bed.web1.sh(`cat /tmp/${name}; rm -f /tmp/${name}`, { mayFail: true })).stdout.trim().split("\n");
  const edit = (text: string) => bed.write({ page: `${text}\n` });
  const current = async (path: string) =>
    (await bed.web1.sh(`basename $(readlink ${path}/current)`)).stdout.trim();

  test("remote_path is taken with a warning, and `~user` is the home on the host", async () => {
    const { code, stdout, stderr } = await bed.hostout("first deploy");
    expect([code, code === 0 ? "" : stdout + stderr]).toEqual([0, ""]);
    expect(stderr).toContain("[first] 'remote_path' is an old name");
    expect(
      (await bed.web1.sh("cat /home/zope/first/current/page; stat -c %U /home/zope/first/current/page"))
        .stdout,
    ).toBe("one\nzope\n");
  });

  test("without a path it is below the home of who owns it", async () => {
    const { code, stdout } = await bed.hostout("third deploy");
    expect([code, code === 0 ? "" : stdout]).toEqual([0, ""]);
    const { stdout: found } = await bed.web1.sh("ls -d /home/*/buildout/current/page");
    expect(found).toBe("/home/zope/buildout/current/page\n");
  });

  test("start_cmd runs as root, in what is served, after a good build; with post-commands after it", async () => {
    expect(await lines("first")).toEqual([
      "pre",
      `start as 0 in /home/zope/first/releases/${await current("/home/zope/first")}`,
      "post",
    ]);
  });

  test("a line of stop_cmd that fails is a warning: every line runs, and the deploy goes on", async () => {
    await edit("two");
    const { code, stdout } = await bed.hostout("first deploy");
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/warning: the site could not be stopped: .*'false' ended with 1/),
    ]);
    expect((await lines("first")).map((line) => line.replace(/ in .*/, ""))).toEqual([
      "pre",
      "stop as 0",
      "stopped",
      "start as 0",
      "post",
    ]);
  });

  test("nothing is stopped or started after a build that failed", async () => {
    await edit("three");
    await bed.web1.sh("touch /tmp/refuse");
    const { code } = await bed.hostout("first deploy");
    await bed.web1.sh("rm /tmp/refuse");
    const ran = (await lines("first")).map((line) => line.replace(/ in .*/, ""));
    expect([code, ran]).toEqual([4, ["pre"]]);
    expect((await bed.web1.sh("cat /home/zope/first/current/page")).stdout).toBe("two\n");
  });

  test("two sections with one host and two paths do not disturb each other, locks apart", async () => {
    expect((await bed.hostout("second deploy")).code).toBe(0);
    const before = await contentOf(bed.web1, "/home/zope/first");
    await bed.web1.sh("mkdir -p /tmp/wait");
    // One that is being deployed to is no hindrance for the other.
    await bed.write({ "build.sh": "while [ -e /tmp/wait ]; do touch /tmp/waits; sleep 0.1; done\n" });
    const first = bed.hostout("first deploy");
    await bed.web1.sh("for i in $(seq 200); do [ -e /tmp/waits ] && exit; sleep 0.1; done; exit 1");
    await edit("four");
    const second = await bed.hostout("second deploy");
    expect([second.code, (await bed.web1.sh("cat /srv/second/current/page")).stdout]).toEqual([0, "four\n"]);
    await bed.web1.sh("rm -r /tmp/wait");
    expect((await first).code).toBe(0);
    expect((await bed.web1.sh("cat /home/zope/first/current/page")).stdout).toBe("three\n");
    expect(await contentOf(bed.web1, "/home/zope/first")).not.toBe(before);
    expect(await lines("second")).toEqual(["start", "start"]);
  });

  test("what root made in a release, as a site does that root starts, is cleaned up as well", async () => {
    const folder = "/srv/rooted";
    await bed.write(
      {
        "hostout.cfg": `[site]
host = web1
user = deploy
effective-user = zope
path = /srv/rooted
build-command = test ! -e bad && touch made
start-cmd = mkdir -p cache/deep && touch cache/deep/x
buildout-user = m3user
keep = 1
`,
      },
      folder,
    );
    for (const text of ["one", "two", "three", "bad", "worse", "four"]) {
      const isBad = text === "bad" || text === "worse";
      await bed.write({ page: text }, folder);
      await bed.client.sh(`cd ${folder} && ${isBad ? "touch bad" : "rm -f bad"}`);
      const { code, stdout } = await bed.hostout("site deploy", { folder });
      expect([text, code, code === 0 || isBad ? "" : stdout]).toEqual([text, isBad ? 4 : 0, ""]);
    }
    const { stdout } = await bed.web1.sh(
      "cd /srv/rooted/releases && cat */page; echo; ls -A | wc -l; find . ! -user zope ! -path '*/cache*' ! -path '*.failed*'",
    );
    expect(stdout).toBe("threefour\n3\n");
    const others = "cd /srv/rooted/releases && find */ ! -group zope ! -path '*/cache*'";
    expect((await bed.web1.sh(others)).stdout).toBe("");
  });

  test("git, Mercurial and no version control make the same package, and the host needs none", async () => {
    const files = {
      "hostout.cfg": "[site]\nhost = web1\npath = /srv/scm\nbuild-command = true\n",
      "page.txt": "one\n",
      "src/deep/more.txt": "more\n",
      "run.sh": "echo run\n",
    };
    const hashes: string[] = [];
    const told: unknown[] = [];
    for (const kind of ["none", "git", "hg"]) {
      const folder = `/srv/scm-${kind}`;
      await bed.write(files, folder);
      const save = {
        none: "true",
        git: "git init -q && git add -A && git -c user.name=t -c user.email=t@localhost commit -qm one",
        hg: "hg init && hg commit -q --addremove -u t -m one",
      }[kind];
      await bed.client.sh(`cd ${folder} && chmod 755 run.sh && ${save}`);
      const { code, events } = await bed.events("site deploy", { folder });
      expect([kind, code]).toEqual([kind, 0]);
      hashes.push((endOf(events, "package")!.value as { hash: string }).hash);
      told.push(endOf(events, "rollout")?.status);
    }
    expect(new Set(hashes).size).toBe(1);
    // What one of them deployed is what the others would.
    expect(told).toEqual(["ok", "unchanged", "unchanged"]);
    expect((await bed.web1.sh("cd /srv/scm/current && find . -type f | sort && ./run.sh")).stdout).toBe(
      "./hostout-package.ini\n./hostout.cfg\n./page.txt\n./run.sh\n./src/deep/more.txt\nrun\n",
    );
  });

  test("the revision that was deployed is told, and that there were edits", async () => {
    await bed.write({ "page.txt": "two\n" }, "/srv/scm-git");
    expect((await bed.hostout("site deploy", { folder: "/srv/scm-git" })).code).toBe(0);
    const { stdout } = await bed.hostout("site releases", { folder: "/srv/scm-git" });
    const { stdout: commit } = await bed.client.sh("cd /srv/scm-git && git rev-parse HEAD");
    const [, told = ""] = /git ([0-9a-f]+), edited/.exec(stdout) ?? [];
    expect([told.length > 6, commit.startsWith(told)]).toEqual([true, true]);
    expect((await bed.client.sh(`cd ${projectPath} && ls`)).stdout).toContain("page");
  });
});
