import { contentOf, type DeployBed, describeDeploys, endOf } from "./deploy-bed.ts";

const folders = ["bin", "parts", "eggs"];

async function prepare(bed: DeployBed): Promise<void> {
  await bed.write({
    "hostout.cfg": `[deployed]
host = web1
path = /srv/deployed
effective-user = zope
build-command =
    mkdir -p bin parts eggs
    echo "echo new" >bin/app
start-cmd = sh bin/app >>/tmp/started
[pushed]
extends = hostout.pushdeploy
host = web1
path = /srv/pushed
effective-user = zope
staging-path = /srv/staging
push-folders =
    bin
    parts
    eggs
relocatable = true
restart = echo restart >>/tmp/restarted
`,
  });
  for (const path of ["/srv/deployed", "/srv/pushed"]) {
    await bed.web1.sh(`mkdir -p ${path} && cd ${path} && mkdir -p bin parts/app eggs/x-1.0.egg var/filestorage
echo "echo old" >bin/app && chmod 755 bin/app && echo conf >parts/app/conf && echo code >eggs/x-1.0.egg/x.py
echo data >var/filestorage/Data.fs && echo cfg >buildout.cfg && ln -s app bin/alias && chown -Rh zope: .
# Who owns the site may link no file of root.
echo root >bin/b-root; echo root >eggs/x-1.0.egg/root`);
  }
  await bed.client.sh(
    "mkdir -p /srv/staging/bin /srv/staging/parts/app /srv/staging/eggs && printf 'echo new\\n\\n' >/srv/staging/bin/app",
  );
}

describeDeploys("a folder that was deployed in place, on a real host", prepare, (bed) => {
  const inPlace = (path: string) =>
    Promise.all([...folders, "var"].map((name) => contentOf(bed.web1, `${path}/${name}`)));
  const app = async (path: string) => (await bed.web1.sh(`sh ${path}/bin/app`)).stdout;
  const isLink = async (path: string) =>
    (await bed.web1.sh(`cd ${path} && readlink bin; stat -c %F var`)).stdout.trim().split("\n");

  test.each([
    ["deploy", "deployed", "/srv/deployed"],
    ["push", "pushed", "/srv/pushed"],
  ])("the first %s adopts it, and rollback goes back to it byte by byte", async (command, site, path) => {
    const before = await inPlace(path);
    const first = await bed.hostout(`${site} ${command}`);
    expect([first.code, first.stdout + (first.code === 0 ? "" : first.stderr)]).toEqual([
      0,
      expect.stringMatching(/the folders in place \(bin, parts, eggs\) become the release \S+-00000000/),
    ]);
    expect([await app(path), await isLink(path)]).toEqual(["new\n", ["current/bin", "directory"]]);
    expect((await inPlace(path))[3]).toBe(before[3]);
    expect((await bed.web1.sh(`cat ${path}/buildout.cfg`)).stdout).toBe("cfg\n");
    const list = endOf((await bed.events(`${site} releases`)).events, "releases")?.value;
    expect((list as { by: string; marks: string[] }[]).map(({ by, marks }) => [by, ...marks])).toEqual([
      [command, "served"],
      ["adopt", "previous", "pinned"],
    ]);
    const back = await bed.hostout(`${site} rollback`);
    expect([back.code, back.code === 0 ? "" : back.stdout + back.stderr]).toEqual([0, ""]);
    expect([await app(path), await inPlace(path)]).toEqual(["old\n", before]);
    expect((await bed.hostout(`${site} drift`)).stdout).toContain("is as it was deployed");
    expect((await bed.web1.sh(`find ${path}/bin/ ${path}/parts/ ${path}/eggs/ ! -user zope`)).stdout).toBe(
      "",
    );
  });

  test("what the release does not have stays where it is, and what it has is kept whatever follows", async () => {
    const path = "/srv/keys";
    await bed.web1.sh(`mkdir -p ${path}/bin ${path}/etc && cd ${path} && echo "echo old" >bin/app
echo by-hand >bin/key && echo secret >etc/tls.key && chown -Rh zope: .`);
    for (let round = 0; round < 3; round++) {
      const { code, stdout } = await bed.hostout(
        `deployed:path=${path} deployed:keep=1 'deployed:build-command=mkdir bin; echo echo ${round} >bin/app' deployed deploy`,
      );
      expect([code, code === 0 ? "" : stdout]).toEqual([0, ""]);
      if (round === 0) expect(stdout).toContain("the folders in place (bin) become the release");
    }
    expect((await bed.web1.sh(`cat ${path}/etc/tls.key ${path}/releases/*-00000000/bin/key`)).stdout).toBe(
      "secret\nby-hand\n",
    );
    expect(await app(path)).toBe("2\n");
  });

  test("data is never part of a release, wherever the build puts its folders", async () => {
    const data = () => bed.web1.sh("cd /srv/data && stat -c %F var && cat var/filestorage/Data.fs");
    await bed.web1.sh(
      "mkdir -p /srv/data/var/filestorage /srv/data/bin && echo data >/srv/data/var/filestorage/Data.fs && chown -Rh zope: /srv/data",
    );
    for (const [words, code, said] of [
      [
        "'deployed:links=bin var' deployed:path=/srv/data deployed deploy",
        2,
        "'var' is a folder of the site",
      ],
      [
        "'pushed:push-folders=bin\nvar' pushed:path=/srv/data pushed push",
        2,
        "'var' is a folder of the site",
      ],
    ] as const) {
      const ended = await bed.hostout(words);
      expect([ended.code, ended.stdout + ended.stderr]).toEqual([code, expect.stringContaining(said)]);
    }
    await bed.client.sh(
      "mkdir -p /srv/staged-data/bin /srv/staged-data/var/parts && printf '[buildout]\nparts-directory = var/parts\n' >/srv/staged-data/buildout.cfg",
    );
    await bed.write({
      "data.cfg":
        "[s]\nextends = hostout.pushdeploy\nhost = web1\npath = /srv/data\nstaging-path = /srv/staged-data\nrelocatable = true\nrestart = true\n",
    });
    const ended = await bed.hostout("-c data.cfg s push");
    expect([ended.code, ended.stdout]).toEqual([
      4,
      expect.stringContaining("/srv/staged-data/var/parts: 'var' is a folder of the site"),
    ]);
    expect((await data()).stdout).toBe("directory\ndata\n");
  });

  test.each(["", "HOSTOUT_NO_RSYNC=1"])(
    "new content of the same size and time is pushed, too %s",
    async (variable) => {
      for (const word of ["v1", "v2", "v3"]) {
        await bed.client.sh(
          `printf 'echo ${word}\\n\\n' >/srv/staging/bin/app && touch -d 2020-01-01 /srv/staging/bin/app`,
        );
        const { code, stdout } = await bed.hostout("pushed push", { before: `${variable} exec`.trim() });
        expect([code, code === 0 ? await app("/srv/pushed") : stdout]).toEqual([0, `${word}\n`]);
      }
      expect((await bed.hostout("pushed push")).stdout).toContain("ok, unchanged");
    },
  );

  test("folders of the store and manifests that somebody removed are made again by the next deploy", async () => {
    for (const lost of [
      "releases",
      ".hostout/packages",
      ".hostout/records",
      ".hostout/manifests",
      ".hostout/manifests/*",
    ]) {
      await bed.web1.sh(`rm -rf /srv/deployed/${lost}`);
      for (const word of ["one", "two"]) {
        const { code, stdout } = await bed.hostout(
          `'deployed:build-command=mkdir bin; echo echo ${word} ${lost} >bin/app' deployed deploy`,
        );
        expect([lost, code, code === 0 ? "" : stdout]).toEqual([lost, 0, ""]);
        expect(await app("/srv/deployed")).toBe(`${word} ${lost}\n`);
      }
      for (const words of ["status", "drift", "check", "rollback"])
        expect([lost, words, (await bed.hostout(`deployed ${words}`)).code]).toEqual([lost, words, 0]);
    }
  });

  test("a push of nothing, as where nothing was built, is refused: what is served stays", async () => {
    const before = await inPlace("/srv/pushed");
    const { code, stdout } = await bed.hostout("'pushed:push-folders=bin parts' pushed push");
    expect([code, stdout]).toEqual([4, expect.stringContaining("there is no folder 'bin parts'")]);
    expect(await inPlace("/srv/pushed")).toEqual(before);
  });

  test("the first deploy that is not verified leaves the folder as it was served", async () => {
    await bed.web1.sh(
      "cp -a /srv/deployed /srv/kept && cd /srv/kept && rm -rf releases .hostout current bin parts eggs && mkdir bin && echo 'echo kept' >bin/app && chown -Rh zope: .",
    );
    const { code } = await bed.hostout(
      "deployed:path=/srv/kept deployed:verify=false deployed:verify-timeout=1s deployed deploy",
    );
    expect([code, await app("/srv/kept")]).toEqual([7, "kept\n"]);
    expect((await bed.web1.sh("cat /srv/kept/var/filestorage/Data.fs")).stdout).toBe("data\n");
  });

  test("the first deploy whose build fails touches nothing of what is there", async () => {
    await bed.web1.sh(
      "mkdir -p /srv/plain/bin && echo 'echo plain' >/srv/plain/bin/app && chown -Rh zope: /srv/plain",
    );
    const { code } = await bed.hostout(
      "deployed:path=/srv/plain deployed:build-command=false deployed deploy",
    );
    expect([code, await app("/srv/plain")]).toEqual([4, "plain\n"]);
    expect((await bed.web1.sh("stat -c %F /srv/plain/bin")).stdout).toBe("directory\n");
  });

  test.each([
    ["/", "a folder of the system"],
    ["/srv/../etc/..", "a folder of the system"],
    ["/srv/system/local", "a folder of the system"],
    ["~", "somebody's home"],
    ["/home/ann", "somebody's home"],
  ])("what is there in %s is not taken for an older deployment: %s", async (path, reason) => {
    await bed.web1.sh(
      "mkdir -p /root/bin /home/ann/bin && echo mine >/home/ann/bin/mine && ln -sfn /usr /srv/system",
    );
    const look = () =>
      bed.web1.sh(
        "readlink -f /etc /usr/bin /usr/local/bin /root/bin /home/ann/bin; ls -A / /usr/local /root /home/ann",
      );
    const before = (await look()).stdout;
    for (const [site, command] of [
      ["deployed", "deploy"],
      ["pushed", "push"],
    ] as const) {
      const { code, stdout } = await bed.hostout(
        `'${site}:path=${path}' '${site}:effective-user=root' ${site} ${command}`,
      );
      expect([command, code, stdout]).toEqual([command, 4, expect.stringContaining(reason)]);
    }
    expect((await look()).stdout).toBe(before);
  });

  test("a buildout that was deployed into a home is adopted all the same", async () => {
    await bed.web1.sh(
      "mkdir -p /home/old/bin && touch /home/old/.installed.cfg && echo 'echo old' >/home/old/bin/app",
    );
    const { code, stdout } = await bed.hostout(
      "deployed:path=/home/old deployed:effective-user=root deployed deploy",
    );
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining("the folders in place (bin) become the release"),
    ]);
  });

  test("a site that takes the place of another one of the same path warns", async () => {
    const push = await bed.hostout("pushed:path=/srv/deployed pushed push");
    expect([push.code, push.stdout]).toEqual([
      0,
      expect.stringContaining(
        "warning: /srv/deployed has a live release of the site deployed; this run replaces it by pushed",
      ),
    ]);
    const { code, stdout } = await bed.hostout("deployed deploy");
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining("of the site pushed; this run replaces it by deployed"),
    ]);
    expect((await bed.hostout("deployed check")).stdout).not.toContain("warning");
  });

  describe("what another tool deployed", () => {
    const path = "/srv/other";
    const words = `deployed:path=${path} 'deployed:stop-cmd=sh bin/app >>/tmp/stopped'`;
    const look = async () =>
      (
        await bed.web1.sh(
          `cd ${path} && readlink current && sh current/bin/app && ls shared releases/2026010100000?`,
        )
      ).stdout;
    let before: string;
    beforeAll(async () => {
      await bed.web1.sh(`mkdir -p ${path}/releases/20260101000000/bin ${path}/shared && cd ${path}
echo "echo other" >releases/20260101000000/bin/app && ln -s ${path}/releases/20260101000000 current && chown -Rh zope: .`);
      before = await look();
    });

    test("is served and started again where the first deploy over it fails", async () => {
      await bed.web1.sh("rm -f /tmp/started");
      const { code, stdout } = await bed.hostout(
        `${words} deployed:verify=false deployed:verify-timeout=0s deployed deploy`,
      );
      expect([code, stdout]).toEqual([
        7,
        expect.stringContaining("which another tool put there, is live again"),
      ]);
      expect([await look(), (await bed.web1.sh("cat /tmp/started")).stdout]).toEqual([
        before,
        "new\nother\n",
      ]);
      expect((await bed.hostout(`${words} deployed status`)).stdout).toContain(
        `current leads to ${path}/releases/20260101000000, which another tool put there`,
      );
    });

    test("is stopped by the first deploy, and left where it is", async () => {
      await bed.web1.sh("rm -f /tmp/stopped");
      const { code, stdout } = await bed.hostout(`${words} deployed deploy`);
      expect([code, code === 0 ? "" : stdout]).toEqual([0, ""]);
      expect((await bed.web1.sh(`cat /tmp/stopped; sh ${path}/bin/app`)).stdout).toBe("other\nnew\n");
      expect((await bed.hostout(`${words} deployed cleanup`)).code).toBe(0);
      await bed.web1.sh(`sh ${path}/releases/20260101000000/bin/app`);
      const back = await bed.hostout(`${words} deployed rollback`);
      expect([back.code, back.stdout]).toEqual([4, expect.stringContaining("no release to roll back to")]);
    });
  });
});
