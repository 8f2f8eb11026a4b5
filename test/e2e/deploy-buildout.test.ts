import { whyNoBed } from "../bed/bed.ts";
import { describeUnless } from "../bed/describe-with.ts";
import {
  type DeployBed,
  doneIn,
  endOf,
  pageOf,
  projectPath,
  python,
  releaseAt,
  root,
  servedAt,
  startDeployBed,
} from "./deploy-bed.ts";

const path = "/srv/shop";

/** The lines below `[site]`; the old names of collective.hostout, as far as there were any. */
const hostoutCfg = `[buildout]
extends = development.cfg
[site]
recipe = collective.hostout
host = web1
user = root
effective-user = zope
remote_path = ${path}
buildout = production.cfg
python = ${python}
package-format = egg
versionsfile = pinned.cfg
buildout-cache = /var/cache/shop
parts = greeter programs
sudo-parts = owned
verify =
    http://127.0.0.1:8081/ 200 on web1
    test -x bin/greeter
verify-timeout = 15s
pre-commands = echo pre as $(id -u) >>/root/order
stop_cmd = bin/supervisorctl shutdown && while bin/supervisorctl pid; do sleep 0.1; done >/dev/null 2>&1
start_cmd = bin/supervisord
post-commands =
    echo post one >>/root/order
    echo post two >>/root/order
`;

const project = {
  "buildout.cfg": hostoutCfg,
  // Other versions and parts than production has, and local sources in place.
  "development.cfg":
    "[buildout]\nextends = production.cfg\nparts += debug\n[debug]\nrecipe = greeter:application\n",
  "production.cfg": "[buildout]\nextends = conf/parts.cfg\nparts = greeter programs\n",
  "conf/parts.cfg":
    "[buildout]\nextends = base.cfg ../conf/sizes.cfg\n[greeter]\nrecipe = greeter:application\nport = 8081\nrevision = one\n[programs]\nrecipe = greeter:programs\n[owned]\nrecipe = greeter:owned\n",
  "conf/base.cfg":
    "[buildout]\ndevelop = src/greeter src/other\noffline = true\nversions = versions\n[versions]\nother = 1.0\n",
  "conf/sizes.cfg": "[greeter]\nsize = small\n",
  "src/other/setup.py":
    'from setuptools import setup\nsetup(name="other", version="1.0", py_modules=["other"])\n',
  "src/other/other.py": "value = 1\n",
  "src/greeter/setup.py": `from setuptools import setup
setup(name="greeter", version="1.0", packages=["greeter"], install_requires=["other"], entry_points={"zc.buildout": [
    "application = greeter:Application", "programs = greeter.programs:Programs", "owned = greeter.programs:Owned"]})
`,
  // bin/supervisord and bin/supervisorctl, as collective.hostout looked for them.
  "src/greeter/greeter/programs.py": `import os
class Programs:
    def __init__(self, buildout, name, options):
        self.b = buildout["buildout"]
    def install(self):
        conf = os.path.join(self.b["parts-directory"], "supervisord.conf")
        var = os.path.join(self.b["directory"], "var")
        os.makedirs(os.path.join(var, "log"), exist_ok=True)
        with open(conf, "w") as file:
            file.write("""[unix_http_server]
file = {0}/supervisor.sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[supervisord]
logfile = {0}/log/supervisord.log
pidfile = {0}/supervisord.pid
[supervisorctl]
serverurl = unix://{0}/supervisor.sock
[program:greeter]
command = {1}/bin/greeter
user = zope
startsecs = 0
""".format(var, self.b["directory"]))
        made = [conf]
        for name in ("supervisord", "supervisorctl"):
            script = os.path.join(self.b["bin-directory"], name)
            with open(script, "w") as file:
                file.write('#!/bin/sh\\nexec /usr/bin/%s -c %s "$@"\\n' % (name, conf))
            os.chmod(script, 0o755)
            made.append(script)
        return made
    update = install
class Owned:
    def __init__(self, buildout, name, options):
        self.b = buildout["buildout"]
    def install(self):
        target = os.path.join(self.b["parts-directory"], "owned")
        with open(target, "w") as file:
            file.write(str(os.getuid()))
        return [target]
    update = install
`,
};

describeUnless(whyNoBed(), "a buildout on a real host", () => {
  let bed: DeployBed;
  beforeAll(async () => {
    bed = await startDeployBed({ withPython: true });
    await bed.client.sh(
      `mkdir -p ${projectPath}/src && cp -r ${root}/test/sample-site/src/greeter ${projectPath}/src`,
    );
    await bed.write(project);
  });
  afterAll(() => bed?.stop());

  const page = () => pageOf(bed.web1, 8081);
  const served = () => servedAt(bed.web1, path);
  const current = () => releaseAt(bed.web1, path);
  const order = async () =>
    (await bed.web1.sh("cat /root/order; rm -f /root/order")).stdout.trim().split("\n");
  const revision = (text: string) =>
    bed.write({
      "conf/parts.cfg": project["conf/parts.cfg"].replace("revision = one", `revision = ${text}`),
    });
  const sentBytes = (stdout: string) => Number(/(\d+) of \d+ bytes sent/.exec(stdout)?.[1]);

  test("it is packaged, sent, built there by the pins of here, and started", async () => {
    const { code, stdout, stderr } = await bed.hostout("-v site deploy");
    expect([code, code === 0 ? "" : stdout + stderr]).toEqual([0, ""]);
    expect(await page()).toContain("revision one on web1");
    const release = await current();
    expect(stdout).toContain(`Deployment complete at version ${release}`);
    expect(stdout).toMatch(
      /put: \S+deploy-[0-9a-f]{12}\.tar -> \/srv\/shop\/\.hostout\/packages\/[0-9a-f]{64}\.tar/,
    );
    const { stdout: list } = await bed.web1.sh(`tar -tf ${path}/.hostout/packages/*.tar`);
    expect(list.trim().split("\n")).toEqual(
      expect.arrayContaining([
        "production.cfg",
        "conf/parts.cfg",
        "conf/base.cfg",
        "conf/sizes.cfg",
        "pinned.cfg",
      ]),
    );
    expect(list.match(/^dist\/(greeter|other)-1\.0\S*\.egg$/gm)).toHaveLength(2);
    expect(list).not.toContain("development.cfg");
    const pins = (await bed.client.sh(`cat ${projectPath}/pinned.cfg`)).stdout;
    expect((await bed.web1.sh(`cat ${path}/current/pinned.cfg`)).stdout).toBe(pins);
    expect(pins).toMatch(/^greeter = 1\.0/m);
  });

  test("the files are the effective user's, sudo-parts are built by root, and eggs go to the cache", async () => {
    expect(
      (await bed.web1.sh(`find -H ${path}/current/bin ${path}/current/parts ! -user zope -o -name owned`))
        .stdout,
    ).toBe(`${path}/current/parts/owned\n`);
    expect((await bed.web1.sh(`cat ${path}/current/parts/owned`)).stdout).toBe("0");
    expect((await bed.web1.sh("ls /var/cache/shop/eggs && stat -c %U /var/cache/shop/eggs")).stdout).toMatch(
      /^greeter-1\.0\S*\.egg\nother-1\.0\S*\.egg\nzope\n$/,
    );
    expect((await bed.web1.sh(`ps -o user= -p $(pgrep -f '[b]in/greeter')`)).stdout.trim()).toBe("zope");
    expect((await bed.web1.sh(`ps -o user= -p $(cat ${path}/var/supervisord.pid)`)).stdout.trim()).toBe(
      "root",
    );
    expect(await order()).toEqual(["pre as 0", "post one", "post two"]);
  });

  test("deployed again unchanged, it is neither sent nor built nor restarted", async () => {
    const before = [...(await served()), (await bed.web1.sh(`cat ${path}/var/supervisord.pid`)).stdout];
    const { code, events } = await bed.events("site deploy");
    expect([code, endOf(events, "rollout")?.note]).toEqual([0, `${before[0]} is live already`]);
    expect(doneIn(events)).toEqual(
      expect.not.arrayContaining(["uploadeggs", "buildout", "stop", "activate"]),
    );
    expect([...(await served()), (await bed.web1.sh(`cat ${path}/var/supervisord.pid`)).stdout]).toEqual(
      before,
    );
  });

  test("an edit of one package changes that one only, with a version of its own, and is small to send", async () => {
    const dist = async () =>
      (await bed.web1.sh(`cd ${path}/current/dist && sha256sum * | sort -k 2`)).stdout.trim().split("\n");
    const before = await dist();
    await bed.write({ "src/other/other.py": "value = 2\n" });
    const { code, stdout } = await bed.hostout("site deploy");
    expect([code, code === 0 ? "" : stdout]).toEqual([0, ""]);
    const after = await dist();
    expect([after[0], after[1] === before[1]]).toEqual([before[0], false]);
    expect(after[1]).toMatch(/other-1\.0\S+\.egg$/);
    expect(sentBytes(stdout)).toBeLessThan(65_536);
    expect((await order())[0]).toBe("pre as 0");
  });

  test("the order is build, then stop, switch, start, with the site served while it is built", async () => {
    await revision("two");
    const { code, events } = await bed.events("site deploy");
    expect([code, await page()]).toEqual([0, expect.stringContaining("revision two")]);
    const steps = [
      "package",
      "uploadeggs",
      "uploadbuildout",
      "buildout",
      "stop",
      "activate",
      "start",
      "verify",
    ];
    expect(doneIn(events).filter((name) => steps.includes(name))).toEqual(steps);
  });

  test("a build that fails leaves what is served as it was; nothing is stopped or started", async () => {
    await order();
    const before = await served();
    const broken = project["conf/parts.cfg"].replace("greeter:programs", "greeter:there-is-none");
    await bed.write({ "conf/parts.cfg": broken });
    const { code, stdout } = await bed.hostout("site deploy");
    expect([code, stdout]).toEqual([
      4,
      expect.stringMatching(/the release that failed is kept in \S+\.failed/),
    ]);
    expect(stdout).toContain("failed: web1: 'buildout' ended with 1: ");
    expect([await served(), await page()]).toEqual([before, expect.stringContaining("revision two")]);
    expect(await order()).toEqual(["pre as 0"]);
    const { stdout: kept } = await bed.web1.sh(`ls -d ${path}/releases/.*.failed/production.cfg`);
    expect(kept.trim().split("\n")).toHaveLength(1);
    expect((await bed.hostout("site status")).stdout).toMatch(/LAST DEPLOY[\s\S]* failed /);
  });

  test("another interpreter, which cannot build it, takes nothing from what is served: it starts still, and so do others", async () => {
    const before = await served();
    const environment = () => bed.web1.sh(`cd ${path} && ls runtimes && find runtimes | sort | sha256sum`);
    const had = (await environment()).stdout;
    expect((await bed.web1.sh(`head -n 1 ${path}/current/bin/greeter`)).stdout).toMatch(
      new RegExp(`^#!${path}/runtimes/3\\.\\d+-1/bin/python`),
    );
    // One with libraries of its own, in which zc.buildout is not, and an index that nobody reaches.
    await bed.web1.sh(
      "mkdir -p /opt/py/bin /opt/py/lib && cp $(readlink -f /usr/bin/python3) /opt/py/bin/python3 && for d in /usr/lib/python3.*; do ln -s $d /opt/py/lib/; done",
    );
    await bed.client.sh("/usr/bin/python3 -m venv --system-site-packages --without-pip /opt/py");
    for (const command of ["deploy", "prepare"]) {
      const { code, stdout } = await bed.hostout(`site:python=/opt/py/bin/python3 site ${command}`);
      expect([code, stdout]).toEqual([4, expect.stringContaining("makes no virtualenv with zc.buildout")]);
      expect(stdout).toContain("apt install python3-zc.buildout");
    }
    expect([await served(), (await environment()).stdout]).toEqual([before, had]);
    const { code, stdout } = await bed.hostout("site stop start verify");
    expect([code, code === 0 ? await page() : stdout]).toEqual([0, expect.stringContaining("revision two")]);
  });

  test("an environment that was not finished is made anew, and one that lost zc.buildout is left, and another one made", async () => {
    const names = async () => (await bed.web1.sh(`cd ${path}/runtimes && echo *-*`)).stdout.trim();
    const [first] = (await names()).split(" ");
    await bed.web1.sh(
      `cd ${path}/runtimes && mv ${first}/bin/python ${first}/bin/away && mkdir ${first!.replace(/1$/, "2")}`,
    );
    await revision("two and a half");
    const { code, stdout } = await bed.hostout("site deploy");
    expect([code, code === 0 ? await names() : stdout]).toEqual([0, `${first} ${first!.replace(/1$/, "2")}`]);
    await bed.web1.sh(`cd ${path}/runtimes && mv ${first}/bin/away ${first}/bin/python`);
    expect((await bed.hostout("site rollback")).code).toBe(0);
    expect(await page()).toContain("revision two on web1");
  });

  test("resume after a build that failed for a reason of the host builds again, and serves what was packaged", async () => {
    await revision("three");
    await bed.web1.sh(`mv ${python} ${python}.away`);
    const failed = await bed.hostout("site deploy");
    expect([failed.code, await page()]).toEqual([4, expect.stringContaining("revision two")]);
    await bed.web1.sh(`mv ${python}.away ${python}`);
    const { code, stdout } = await bed.hostout("resume");
    expect([code, stdout]).toEqual([0, expect.stringContaining("Deployment complete at version")]);
    expect(await page()).toContain("revision three");
  });

  test("the client killed in the build leaves the old release serving, and resume ends with the new one", async () => {
    const before = await served();
    await revision("four");
    // The build waits for its end as long as the file is there.
    await bed.web1.sh("touch /tmp/hold");
    await bed.write({
      "src/greeter/greeter/hold.py": "",
      "src/greeter/greeter/programs.py": `import os, time
while os.path.exists("/tmp/hold"):
    open("/tmp/holds", "w").close()
    time.sleep(0.1)
${project["src/greeter/greeter/programs.py"]}`,
    });
    const running = bed.client.sh(
      `cd ${projectPath} && { ${root}/bin/hostout site deploy & echo $! >/tmp/client; wait $!; }`,
      { mayFail: true, env: { PATH: `${process.execPath.replace(/\/node$/, "")}:/usr/bin:/bin` } },
    );
    await bed.web1.sh("for i in $(seq 300); do [ -e /tmp/holds ] && exit; sleep 0.1; done; exit 1");
    await bed.client.sh("kill -9 $(cat /tmp/client)");
    await running;
    expect([await served(), await page()]).toEqual([before, expect.stringContaining("revision three")]);
    await bed.web1.sh(
      "rm -f /tmp/hold /tmp/holds; for i in $(seq 100); do pgrep -f '[h]ostout-release.cfg' >/dev/null || exit 0; sleep 0.1; done",
    );
    const { code, stdout, stderr } = await bed.hostout("resume");
    expect([code, code === 0 ? "" : stdout + stderr]).toEqual([0, ""]);
    expect(await page()).toContain("revision four");
    expect((await bed.hostout("site status")).stdout).not.toContain(", process ");
  });

  test("verify that does not hold: the host goes back by itself, exit 7, and answers as before", async () => {
    const before = await served();
    await revision("five");
    const { code, stdout } = await bed.hostout(
      "'site:verify=http://127.0.0.1:8081/ 200 revision six' site:verify-timeout=2s site deploy",
    );
    expect([code, stdout]).toEqual([7, expect.stringContaining("expected 200 with 'revision six'")]);
    expect([await served(), await page()]).toEqual([before, expect.stringContaining("revision four")]);
  });

  test("rollback brings code, configuration and pins back, byte by byte, without a build", async () => {
    const before = await served();
    await revision("seven");
    await bed.write({ "src/other/other.py": "value = 3\n" });
    expect((await bed.hostout("site deploy")).code).toBe(0);
    expect(await page()).toContain("revision seven");
    const { code, events } = await bed.events("site rollback");
    expect(code).toBe(0);
    expect(events.flatMap(({ path: words }) => words ?? [])).not.toContain("buildout");
    expect(await served()).toEqual(before);
    expect(await page()).toContain("revision four");
    expect((await order()).slice(-3)).toEqual(["pre as 0", "post one", "post two"]);
  });

  test("the example of collective.hostout's README deploys twice: post-commands start the supervisor that no start_cmd starts", async () => {
    const folder = "/srv/readme";
    await bed.client.sh(
      `mkdir -p ${folder}/src && cp -r ${projectPath}/src/greeter ${projectPath}/src/other ${folder}/src`,
    );
    const programs = project["src/greeter/greeter/programs.py"];
    const base =
      "[buildout]\nparts = demo\ndevelop = src/greeter src/other\noffline = true\n[demo]\nrecipe = greeter:application\nport = 8085\nrevision = one\n";
    await bed.write(
      {
        "src/greeter/greeter/programs.py": programs.replace(
          "[program:greeter]\ncommand = {1}/bin/greeter",
          "[program:demo]\ncommand = {1}/bin/demo",
        ),
        "base.cfg": base,
        "prod.cfg":
          "[buildout]\nextends = base.cfg\nparts += supervisor\n[supervisor]\nrecipe = greeter:programs\n",
        "buildout.cfg": `[buildout]
extends = base.cfg
parts += host1

[host1]
recipe = collective.hostout
host = web1
hostos = ubuntu
user = root
effective-user = zope
path = /var/buildout/demo
buildout = prod.cfg
post-commands = bin/supervisord
python = ${python}
verify = http://127.0.0.1:8085/
verify-timeout = 15s
`,
      },
      folder,
    );
    const dry = await bed.hostout("--dry-run host1 deploy", { folder });
    expect([dry.code, dry.stdout]).toEqual([
      0,
      expect.stringContaining("would run: bin/supervisord (in /var/buildout/demo/current)"),
    ]);
    const first = await bed.hostout("host1 deploy", { folder });
    expect([first.code, first.code === 0 ? await pageOf(bed.web1, 8085) : first.stdout]).toEqual([
      0,
      expect.stringContaining("revision one"),
    ]);
    await bed.write({ "base.cfg": base.replace("one", "two") }, folder);
    const second = await bed.hostout("host1 deploy", { folder });
    expect([second.code, second.code === 0 ? await pageOf(bed.web1, 8085) : second.stdout]).toEqual([
      0,
      expect.stringContaining("revision two"),
    ]);
    expect(second.stdout).not.toContain("could not be stopped");
  });

  test("a cache that is no absolute path lies below that of the site", async () => {
    await revision("eight");
    expect((await bed.hostout("site:buildout-cache=cache site deploy")).code).toBe(0);
    expect(
      (await bed.web1.sh(`ls ${path}/cache/eggs; ls -d /root/cache ${path}/current/cache || true`)).stdout,
    ).toMatch(/^greeter-\S+\nother-\S+\n$/);
  });

  test("a folder that is there already is not given to who builds, wherever it leads", async () => {
    await revision("nine");
    await bed.web1.sh("mkdir -p /var/cache/others /opt/kept; ln -s /opt/kept /var/cache/others/eggs");
    const { code, stdout } = await bed.hostout("site:buildout-cache=/var/cache/others site deploy");
    expect((await bed.web1.sh("stat -c %U /opt/kept /var/cache/others/downloads")).stdout).toBe(
      "root\nzope\n",
    );
    expect([code, stdout]).toEqual([4, expect.stringContaining("Permission denied: '/opt/kept/")]);
  });

  test("what root makes with a narrow umask, a cache and sudo-parts, is open to who builds and runs the site", async () => {
    await revision("ten");
    await bed.web1.sh("echo umask 077 >/root/.bashrc");
    const { code, stdout } = await bed.hostout("site:buildout-cache=/var/cache/deep/down site deploy");
    await bed.web1.sh("rm /root/.bashrc");
    expect([code, code === 0 ? "" : stdout]).toEqual([0, ""]);
    expect((await bed.web1.sh("stat -c '%a %U' /var/cache/deep /var/cache/deep/down/eggs")).stdout).toBe(
      "755 root\n755 zope\n",
    );
    expect((await bed.web1.sh(`stat -c '%a %U' ${path}/parts/owned`)).stdout).toBe("644 root\n");
  });

  test("a file in a subfolder is built by the executable of a section, with an interpreter of its own on this machine", async () => {
    await bed.write({
      "config/prod.cfg":
        "[buildout]\nextends = ../production.cfg\nparts += site\n[site]\nrecipe = collective.hostout == 1.0a5\n",
    });
    await bed.web1.sh("mkdir -p /opt/there && ln -s /usr/local/virtualenvs/buildout /opt/there/py");
    await revision("eleven");
    const { code, stdout } = await bed.hostout(
      "site:buildout=config/prod.cfg site:parts= site:python=py27 py27:executable=/opt/there/py/bin/python site deploy",
    );
    expect([code, code === 0 ? await page() : stdout]).toEqual([
      0,
      expect.stringContaining("revision eleven"),
    ]);
    expect((await bed.web1.sh(`cd ${path}/current && ls -d bin config`)).stdout).toBe("bin\nconfig\n");
  });
});
