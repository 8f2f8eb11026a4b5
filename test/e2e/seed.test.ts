import { whyNoBed } from "../bed/bed.ts";
import { describeUnless } from "../bed/describe-with.ts";
import { projectPath, type SeedBed, sitePath, startSeedBed } from "./seed-bed.ts";

describeUnless(whyNoBed(), "the configuration of the seed on real hosts", () => {
  let bed: SeedBed;
  beforeAll(async () => {
    bed = await startSeedBed();
  });
  afterAll(() => bed?.stop());

  const sum = async (host: SeedBed["web1"], path: string) =>
    (await host.sh(`sha256sum ${path} | cut -d' ' -f1`)).stdout.trim();
  const served = async (host: SeedBed["web1"]) =>
    (
      await host.sh(
        "for i in 1 2 3 4 5 6 7 8 9 10; do python3 -c 'import urllib.request as u; print(u.urlopen(\"http://127.0.0.1:8081/\").read().decode())' 2>/dev/null && exit; sleep 0.3; done",
      )
    ).stdout;
  const wrongOwners = async (host: SeedBed["web1"], folder: string, user: string) =>
    (await host.sh(`find ${folder} ! -user ${user}`)).stdout.trim();

  test("both sites are listed, from a sub-folder of the project too", async () => {
    const { stdout, stderr, code } = await bed.hostout("", { cwd: `${projectPath}/src/deep` });
    expect(code).toBe(0);
    expect(stderr).toBe("");
    expect(stdout).toMatch(/first-site +example\.com +\/var\/buildout\/first_site/);
    expect(stdout).toMatch(/another-site +another-example\.com/);
    expect(stdout).not.toContain("pushdeploy-defaults ");
  });

  test("checkout clones, and a second time says that it is there", async () => {
    expect(await bed.hostout("first-site checkout /srv/repository default")).toMatchObject({ code: 0 });
    const again = await bed.hostout("first-site clone /srv/repository");
    expect(again.code).toBe(0);
    expect(again.stdout).toContain("unchanged");
    const other = await bed.hostout("first-site checkout /srv/elsewhere");
    expect(other.code).toBe(4);
    expect(other.stdout).toContain("is a checkout of /srv/repository already");
  });

  test("stage pulls, updates, bootstraps and builds, in this order, on one login", async () => {
    const before = await bed.web1.logins();
    const events = await bed.events("first-site stage");
    const order = events.filter(({ type }) => type === "task.start").map(({ path }) => path?.at(-1));
    expect(order).toEqual(["stage", "pull", "update", "bootstrap", "buildout", "local_restart"]);
    expect(events.at(-1)).toMatchObject({ type: "run.end", exitCode: 0 });
    expect((await bed.web1.logins()) - before).toBe(1);
    for (const path of ["var/filestorage/Data.fs", "var/blobstorage/0x00/1.blob"]) {
      expect(await sum(bed.staging, `${sitePath}/${path}`)).toBe(await sum(bed.web1, `${sitePath}/${path}`));
    }
    expect(await wrongOwners(bed.staging, `${sitePath}/var`, "zope")).toBe("");
  });

  test("deploy pushes, then restarts; files are the effective user's, data is untouched", async () => {
    const data = await sum(bed.web1, `${sitePath}/var/filestorage/Data.fs`);
    const before = await bed.web1.logins();
    const events = await bed.events("first-site deploy");
    const order = events
      .filter(({ type }) => type === "task.end")
      .map(({ path, status }) => [path?.at(-1), status]);
    expect(order).toEqual([
      ["send", "ok"],
      ["activate", "ok"],
      ["deploy_etc", "skipped"],
      ["restart", "ok"],
      ["deploy", "ok"],
    ]);
    expect((await bed.web1.logins()) - before).toBe(1);
    expect(await served(bed.web1)).toContain("revision one on web1, 200000 bytes of data");
    expect(await sum(bed.web1, `${sitePath}/var/filestorage/Data.fs`)).toBe(data);
    for (const folder of ["bin", "parts", "eggs", "var"]) {
      expect(await wrongOwners(bed.web1, `${sitePath}/${folder}`, "zope")).toBe("");
    }
    const list = `cd ${sitePath} && find -L bin parts eggs -type f ! -name '*.pyc' -exec sha256sum {} + | sort`;
    expect((await bed.web1.sh(list)).stdout).toBe((await bed.staging.sh(list)).stdout);
    expect((await bed.web1.sh(`ls -d ${sitePath}/releases/*/parts`)).stdout.trim().split("\n")).toHaveLength(
      1,
    );
    expect((await bed.web1.sh(`readlink ${sitePath}/bin`)).stdout.trim()).toBe("current/bin");
  });

  test("a deploy of what is served changes no file", async () => {
    const ends = (await bed.events("first-site deploy")).filter(({ type }) => type === "task.end");
    expect(ends[0]).toMatchObject({ path: ["deploy", "send"], status: "unchanged" });
  });

  test("both sites in one line, each with its host, owner and restart", async () => {
    const events = await bed.events("first-site another-site stage deploy");
    const staged = events.filter(({ type, path }) => type === "task.end" && path?.[0] === "stage");
    // They share the staging folder: each is staged for itself.
    const sites = staged.filter(({ path }) => path?.length === 2).map(({ site }) => site);
    expect(sites).toEqual([...Array(5).fill("first-site"), ...Array(5).fill("another-site")]);
    expect(events.map(({ line }) => line ?? "").join("\n")).toContain(
      "is the staging folder of first-site too",
    );
    expect(events.at(-1)).toMatchObject({ type: "run.end", exitCode: 0 });
    expect(await wrongOwners(bed.staging, `${sitePath}/var`, "m3user")).toBe("");
    expect(await served(bed.web2)).toContain("revision one on web2");
    expect(await wrongOwners(bed.web2, `${sitePath}/bin ${sitePath}/parts`, "m3user")).toBe("");
    expect(await wrongOwners(bed.web1, `${sitePath}/bin ${sitePath}/parts`, "zope")).toBe("");
  });

  test("no host switches before the release is complete on every host, unless the run bears failures", async () => {
    await bed.staging.sh(`echo new >${sitePath}/parts/marker`);
    await bed.web2.sh("mv /usr/local/virtualenvs /usr/local/virtualenvs.away");
    const live = async () => (await bed.web1.sh(`readlink ${sitePath}/current`)).stdout;
    const before = await live();
    for (const command of ["push", "deploy"]) {
      const { code, stdout } = await bed.hostout(`first-site another-site ${command}`);
      expect(code).not.toBe(0);
      expect(stdout).toContain("Plone4.2/bin/python is Python");
      expect(await live()).toBe(before);
    }
    const borne = await bed.hostout("--max-failures 1 first-site another-site push");
    await bed.web2.sh("mv /usr/local/virtualenvs.away /usr/local/virtualenvs");
    expect(borne.code).toBe(3);
    expect(await live()).not.toBe(before);
    expect((await bed.hostout("another-site push")).code).toBe(0);
  });

  test("pull sends nothing the second time, and only data", async () => {
    await bed.web1.sh(
      `echo new >${sitePath}/var/blobstorage/2.blob; rm ${sitePath}/var/blobstorage/0x00/1.blob`,
    );
    expect((await bed.hostout("first-site pull")).stdout).toContain("] ok: ");
    expect((await bed.staging.sh(`find ${sitePath}/var/blobstorage -type f -printf %P`)).stdout).toBe(
      "2.blob",
    );
    expect((await bed.hostout("first-site pull")).stdout).toContain("] ok, unchanged");
  });

  test("update takes a branch, refuses to lose edits, and loses them when told to", async () => {
    expect((await bed.hostout("first-site update feature")).code).toBe(0);
    expect((await bed.hostout("first-site buildout")).code).toBe(0);
    expect((await bed.staging.sh(`cat ${sitePath}/bin/greeter`)).stdout).toContain("'feature'");
    await bed.staging.sh(`echo '# edit' >>${sitePath}/buildout.cfg`);
    const refused = await bed.hostout("first-site update default");
    expect(refused.code).toBe(4);
    expect(refused.stdout).toContain("edits that are not committed: buildout.cfg");
    expect((await bed.hostout("first-site update default --force")).code).toBe(0);
    expect((await bed.hostout("first-site buildout")).code).toBe(0);
    expect((await bed.staging.sh(`cat ${sitePath}/bin/greeter`)).stdout).toContain("'one'");
  });

  test("buildout passes its arguments on and speaks to no host", async () => {
    await bed.web1.fault("sshd-stop");
    const before = await bed.web1.logins();
    const { code, stdout } = await bed.hostout("first-site buildout -o greeter");
    await bed.web1.fault("sshd-start");
    expect(code).toBe(0);
    expect(stdout).toContain("greeter");
    expect(stdout).not.toContain("Updating supervisor");
    expect(await bed.web1.logins()).toBe(before);
  });

  test("a build that failed is not pushed, until one came to its end", async () => {
    expect((await bed.hostout("first-site buildout -o missing-part")).code).toBe(4);
    const { code, stdout } = await bed.hostout("first-site deploy");
    expect(code).toBe(4);
    expect(stdout).toContain("is not built to its end");
    expect((await bed.hostout("first-site buildout -o greeter")).code).toBe(0);
    expect((await bed.hostout("first-site push")).code).toBe(4);
    expect((await bed.hostout("first-site buildout")).code).toBe(0);
    expect((await bed.hostout("first-site push")).code).toBe(0);
  });

  test("bootstrap uses the configured python, else that of the machine, and says so", async () => {
    const configured = await bed.hostout("first-site bootstrap --force");
    expect(configured.stdout).toContain("with /usr/local/virtualenvs/Plone4.2/bin/python");
    expect((await bed.hostout("first-site bootstrap")).stdout).toContain("unchanged");
    // A virtual environment of the same interpreter is another one.
    const other = "first-site:bootstrap-python= first-site:executable=/usr/bin/python3 first-site bootstrap";
    expect((await bed.hostout(other)).stdout).toContain("with /usr/bin/python3");
    expect((await bed.hostout(other)).stdout).toContain("unchanged");
    expect((await bed.staging.sh(`head -n 1 ${sitePath}/bin/buildout`)).stdout).toMatch(/^#!\/usr\/bin\/py/);
    expect((await bed.hostout("first-site bootstrap")).stdout).toContain(
      "with /usr/local/virtualenvs/Plone4.2/bin/python",
    );
  });

  test("a staged buildout with the site among its parts is built without it", async () => {
    await bed.staging.sh(
      `cd ${sitePath} && cp buildout.cfg kept.cfg && sed -i 's/^parts = /parts = first-site /' buildout.cfg && printf '[first-site]\\nrecipe = collective.hostout\\nhost = example.com\\n' >>buildout.cfg`,
    );
    const { code, stdout } = await bed.hostout("first-site buildout");
    await bed.staging.sh(`cd ${sitePath} && mv kept.cfg buildout.cfg`);
    expect(code).toBe(0);
    expect(stdout).toContain("builds the parts greeter supervisor; sites are no parts");
    expect(await bed.hostout("first-site buildout")).toMatchObject({ code: 0 });
  });

  test("several files of buildout are built as one on staging, in which the later overrides, and push finds its folders", async () => {
    await bed.staging.sh(
      `printf '[buildout]\nparts = greeter\nbin-directory = programs\n' >${sitePath}/later.cfg`,
    );
    const site = "'first-site:buildout=buildout.cfg later.cfg' first-site";
    const built = await bed.hostout(`${site} bootstrap --force buildout`);
    expect([built.code, built.code === 0 ? "" : built.stdout]).toEqual([0, ""]);
    expect((await bed.staging.sh(`ls ${sitePath}/programs`)).stdout).toContain("greeter");
    expect((await bed.hostout(`${site} push --dry-run`)).stdout).toContain("programs");
    const without = await bed.hostout("'first-site:buildout=buildout.cfg none.cfg' first-site buildout");
    expect([without.code, without.stdout]).toEqual([
      2,
      expect.stringContaining("buildout = none.cfg does not exist"),
    ]);
    await bed.staging.sh(`cd ${sitePath} && rm -rf programs later.cfg .hostout-buildout.cfg`);
    expect((await bed.hostout("first-site bootstrap --force buildout")).code).toBe(0);
  });

  test("staging builds with the bytes of an address that were checked, and not with what it gives a moment later", async () => {
    const good = "[buildout]\nbin-directory = checked\n";
    const server = `import http.server as h
class S(h.BaseHTTPRequestHandler):
    asked = 0
    def do_GET(self):
        S.asked += 1
        self.send_response(200); self.end_headers()
        self.wfile.write(open("/srv/good.cfg", "rb").read() if S.asked == 1 else b"[buildout]\\nbin-directory = other\\n")
s = h.HTTPServer(("127.0.0.1", 8099), S)
s.serve_forever()`;
    await bed.staging.sh('printf %s "$GOOD" >/srv/good.cfg; printf %s "$SERVER" >/srv/server.py', {
      env: { GOOD: good, SERVER: server },
    });
    await bed.staging.sh(
      "setsid python3 /srv/server.py >/dev/null 2>&1 & echo $! >/srv/server.pid; for i in 1 2 3 4 5 6 7 8 9; do python3 -c 'import socket; socket.create_connection((\"127.0.0.1\", 8099))' 2>/dev/null && exit; sleep 0.3; done",
    );
    await bed.staging.sh(
      `cd ${sitePath} && mkdir conf && pin=$(sha256sum /srv/good.cfg | cut -d' ' -f1) && printf '[buildout]\nextends = http://127.0.0.1:8099/base.cfg#sha256=%s\n' $pin >conf/base.cfg && cp buildout.cfg kept.cfg && sed -i 's,^.buildout.$,&\\nextends = conf/base.cfg,;s/^offline = true/offline = false/' buildout.cfg`,
    );
    const built = await bed.hostout("first-site buildout");
    const found = await bed.staging.sh(
      `cd ${sitePath} && ls -d checked/greeter other/greeter; ls -l .hostout-extends`,
      { mayFail: true },
    );
    const again = await bed.hostout("first-site buildout");
    await bed.staging.sh(
      `kill $(cat /srv/server.pid); cd ${sitePath} && mv kept.cfg buildout.cfg && rm -rf conf checked other .hostout-buildout.cfg .hostout-extends`,
    );
    expect([built.code, built.code === 0 ? "" : built.stdout]).toEqual([0, ""]);
    expect(found.stdout).toMatch(/^checked\/greeter\n/);
    expect(again.code).not.toBe(0);
    expect(`${again.stdout}${again.stderr}`).toContain("is not what is pinned");
    expect(await bed.hostout("first-site buildout")).toMatchObject({ code: 0 });
  });

  test("push keeps files that staging dropped, removes them when told, and never touches data", async () => {
    await bed.staging.sh(`echo old >${sitePath}/parts/dropped`);
    await bed.hostout("first-site push");
    await bed.staging.sh(
      `rm ${sitePath}/parts/dropped; echo staging >${sitePath}/var/settings; echo other >${sitePath}/var/filestorage/Data.fs`,
    );
    await bed.web1.sh(`echo production >${sitePath}/var/settings`);
    const data = await sum(bed.web1, `${sitePath}/var/filestorage/Data.fs`);
    expect((await bed.hostout("first-site push")).code).toBe(0);
    expect((await bed.web1.sh(`cat ${sitePath}/parts/dropped ${sitePath}/var/settings`)).stdout).toBe(
      "old\nproduction\n",
    );
    expect((await bed.hostout("first-site push --delete")).code).toBe(0);
    expect((await bed.web1.sh(`test -e ${sitePath}/parts/dropped`, { mayFail: true })).code).toBe(1);
    expect(await sum(bed.web1, `${sitePath}/var/filestorage/Data.fs`)).toBe(data);
  });

  test("push refuses a host whose interpreter or path differs", async () => {
    await bed.web1.sh("mv /usr/local/virtualenvs /usr/local/virtualenvs.away");
    const interpreter = await bed.hostout("first-site push");
    await bed.web1.sh("mv /usr/local/virtualenvs.away /usr/local/virtualenvs");
    expect(interpreter.code).toBe(4);
    expect(interpreter.stdout).toContain("Plone4.2/bin/python is Python");
    expect(interpreter.stdout).toContain("and missing there");
    await bed.web1.sh("mv /var/buildout /srv/buildout && ln -s /srv/buildout /var/buildout");
    const path = await bed.hostout("first-site push");
    await bed.web1.sh("rm /var/buildout && mv /srv/buildout /var/buildout");
    expect(path.code).toBe(4);
    expect(path.stdout).toContain(
      "the path is /var/buildout/first_site here and /srv/buildout/first_site there",
    );
  });

  test("start, stop and restart use the site's group of supervisor", async () => {
    expect((await bed.hostout("first-site stop")).code).toBe(0);
    expect((await bed.web1.sh("supervisorctl status 'first-site:*'", { mayFail: true })).stdout).toContain(
      "STOPPED",
    );
    expect((await bed.hostout("first-site start")).code).toBe(0);
    expect(await served(bed.web1)).toContain("revision one");
    const failing = await bed.hostout("'first-site:restart=echo no such program; exit 3' first-site restart");
    expect(failing.code).toBe(4);
    expect(failing.stdout).toContain("example.com: 'echo no such program; exit 3' ended with 3");
  });

  test("run, sudo, put, get and sync do their work on the host", async () => {
    expect((await bed.hostout("all run hostname")).stdout).toMatch(
      /\[example\.com\] web1\n[\s\S]*|\[another-example\.com\] web2/,
    );
    expect((await bed.hostout("first-site sudo 'id -u; pwd'")).stdout).toContain(
      `[example.com] 0\n[example.com] ${sitePath}`,
    );
    await bed.staging.sh(
      `echo hello >${projectPath}/page; mkdir -p ${projectPath}/tree/a; echo x >"${projectPath}/tree/a/it's x"`,
    );
    const put = await bed.hostout("first-site put page var/page");
    expect(put.stdout).toContain(`put: ${projectPath}/page -> ${sitePath}/var/page`);
    expect((await bed.web1.sh(`stat -c %U ${sitePath}/var/page; cat ${sitePath}/var/page`)).stdout).toBe(
      "zope\nhello\n",
    );
    expect((await bed.hostout("first-site get var/page fetched")).code).toBe(0);
    expect((await bed.staging.sh(`cat ${projectPath}/fetched`)).stdout).toBe("hello\n");
    expect((await bed.hostout("first-site sync tree /srv/tree")).code).toBe(0);
    expect((await bed.web1.sh(`cat "/srv/tree/a/it's x"`)).stdout).toBe("x\n");
  });

  test("git serves as well as hg", async () => {
    const site = "first-site:path=/var/buildout/git_site first-site";
    expect(await bed.hostout(`${site} checkout /srv/repository.git`)).toMatchObject({ code: 0 });
    await bed.staging.sh(
      "cd /srv/repository.git && sed -i 's/revision = one/revision = git/' buildout.cfg && git commit -qam two",
    );
    const updated = await bed.hostout(`${site} update bootstrap buildout push`);
    expect(updated.stdout).toContain("1 ok");
    expect((await bed.web1.sh("cat /var/buildout/git_site/bin/greeter")).stdout).toContain("'git'");
  });

  test("without rsync the same comes to pass", async () => {
    const site = "first-site:path=/var/buildout/tar_site first-site";
    const env = { HOSTOUT_NO_RSYNC: "1" };
    await bed.hostout(`${site} checkout /srv/repository`);
    await bed.web1.sh(
      `mkdir -p /var/buildout/tar_site/var && cp -a ${sitePath}/var/filestorage ${sitePath}/var/blobstorage /var/buildout/tar_site/var/ && chown zope: /var/buildout/tar_site`,
    );
    const first = await bed.hostout(`${site} pull bootstrap buildout push`, { env });
    expect(first.stdout).toContain("1 ok");
    const list =
      "cd /var/buildout/tar_site && find -L bin parts var/blobstorage var/filestorage -type f ! -name '*.pyc' -exec sha256sum {} + | sort";
    expect((await bed.web1.sh(list)).stdout).toBe((await bed.staging.sh(list)).stdout);
    const again = await bed.hostout(`-v ${site} pull push`, { env });
    expect(again.stdout).toMatch(/pull unchanged[\s\S]*push unchanged/);
  });

  test("a host behind another is reached through it, for commands and for trees", async () => {
    await bed.staging.sh(
      "printf 'Host another-example.com\\n  ProxyJump deploy@example.com\\n' >.ssh/config",
    );
    const ran = await bed.hostout("another-site run 'echo $SSH_CONNECTION'");
    const sent = await bed.hostout("another-site sync src /srv/through-the-jump");
    await bed.staging.sh("rm .ssh/config");
    expect(ran.stdout).toContain(`[another-example.com] ${bed.web1.address} `);
    expect(sent.code).toBe(0);
    expect((await bed.web2.sh("ls /srv/through-the-jump")).stdout).toBe("deep\n");
  });

  test("shell gives a terminal of the user's size, and its status is told", async () => {
    const typed = "(sleep 2; echo 'stty size; exit 7'; sleep 2)";
    const { stdout } = await bed.inTerminal(typed, "first-site shell");
    expect(stdout).toContain("33 99");
    expect(stdout).toContain("the shell ended with 7");
    const chain = await bed.inTerminal(typed, "first-site shell --any-status run echo went on");
    expect(chain.stdout).toContain("went on");
  });

  test("a command in the terminal is run as root by who logs in as another, and as another by root", async () => {
    const tasks = `import { definePlugin } from "@hostout/kit";
export const plugin = definePlugin({
  name: "look",
  commands: { look: { summary: "Look", run: async ({ note, remote, site }) => {
    const account = site.values.get("user").text === "root" ? "effective" : "root";
    const line = ["sh", "-c", "echo by $(id -un), a terminal: $(tty); exit 7"];
    note("status " + (await remote.as(account).interact(line)));
  } } },
});`;
    await bed.staging.sh(`printf %s "$TASKS" >${projectPath}/look.ts`, { env: { TASKS: tasks } });
    for (const [user, other] of [
      ["deploy", "root"],
      ["root", "zope"],
    ] as const) {
      const words = `first-site:tasks=look.ts first-site:user=${user} first-site look`;
      const { stdout } = await bed.inTerminal("sleep 5", words);
      expect(stdout).toMatch(new RegExp(`by ${other}, a terminal: /dev/pts/`));
      expect(stdout).toContain("status 7");
    }
  });
});
