import { spawnSync } from "node:child_process";
import { describeUnless } from "../bed/describe-with.ts";
import { type DeployBed, describeDeploys, endOf } from "./deploy-bed.ts";

const path = "/home/deploy/site";

async function prepare(bed: DeployBed): Promise<void> {
  await bed.write({
    "hostout.cfg": `[site]
host = web1
user = deploy
path = ~/site
build-command =
    echo 'a "b" \\\\c $HOME' >htdocs/built
    test -s htdocs/index.html
commands-as = effective
start-cmd = echo "it's started" >>var/started
verify = grep -q Hello htdocs/index.html
verify-timeout = 2s

[other]
host = web1
user = root
path = /srv
command-timeout = 20s
`,
    "htdocs/index.html": "Hello\n",
  });
}

const whyNoFish = spawnSync("fish", ["--version"]).status === 0 ? undefined : "needs fish";

describeDeploys("a host whose login shell is not as others", prepare, (bed) => {
  const bashrc = (text: string) =>
    bed.web1.sh(`printf '%s\\n' "$TEXT" >/home/deploy/.bashrc`, { env: { TEXT: text } });
  const shell = (program: string) => bed.web1.sh(`usermod -s ${program} deploy`);
  const clear = () => bed.web1.sh("rm -rf /home/deploy/* /home/deploy/.bashrc");
  afterEach(async () => {
    await shell("/bin/bash");
    await clear();
  });
  const deploy = async (words = "") => {
    await bed.write({ "htdocs/index.html": `Hello ${Date.now()}\n` });
    return bed.hostout(`${words} site deploy`);
  };

  const servesWhatIsDeployed = async (program: string, text = "") => {
    await shell(program);
    await bashrc(text);
    for (const transport of ["node-ssh", "openssh"]) {
      const { code, stdout } = await deploy(`site:transport=${transport}`);
      expect([transport, code, code === 0 ? "" : stdout]).toEqual([transport, 0, ""]);
      const { stdout: served } = await bed.web1.sh(
        `cat ${path}/current/htdocs/index.html ${path}/current/htdocs/built; tail -n 1 ${path}/var/started; ls /home/deploy`,
      );
      expect(served).toMatch(/^Hello \d+\na "b" \\c \$HOME\nit's started\nsite\n$/);
    }
    expect((await bed.hostout("site run 'echo out; echo err >&2; exit 3'")).code).toBe(4);
    expect((await bed.hostout("site rollback")).code).toBe(0);
  };
  test("one that says something at each login: what is deployed is served", () =>
    servesWhatIsDeployed("/bin/bash", "echo Welcome to the machine; echo 'HOSTOUT=1' >&2"));
  test("one that is dash: what is deployed is served", () => servesWhatIsDeployed("/bin/dash"));
  describeUnless(whyNoFish, "one that is fish:", () => {
    test("what is deployed is served", () => servesWhatIsDeployed("/usr/bin/fish"));
  });

  test("a line that no shell can read is told as that, not as a login shell that runs nothing", async () => {
    for (const transport of ["node-ssh", "openssh"]) {
      const { code, stdout } = await bed.hostout(
        `site:transport=${transport} "site:verify=(true" site verify`,
      );
      expect([transport, code, stdout]).toEqual([
        transport,
        7,
        expect.stringMatching(/exit code 2: .*Syntax error/),
      ]);
      expect(stdout).not.toContain("login shell");
    }
  });

  describe("root's login, where the owner of the site", () => {
    afterEach(() => bed.web1.sh("chage -E -1 -M -1 -d 2026-01-01 zope"));
    test.each([
      ["has an expired password", "-d 0", "required to change your password", "chage -M -1 -d"],
      ["has an expired account", "-E 0", "account has expired", "chage -E -1 zope"],
    ])("%s: the host is refused with the reason, and no run waits", async (_what, aging, why, hint) => {
      await bed.web1.sh(`chage ${aging} zope`);
      const words = "site:user=root site:effective-user=zope site:path=/srv/site site check";
      const { code, stdout } = await bed.hostout(words, { before: "exec timeout -s KILL 30" });
      expect([code, stdout]).toEqual([
        4,
        expect.stringMatching(/root cannot become zope on web1: .*\n *try: /),
      ]);
      expect(stdout).toContain(why);
      expect(stdout).toContain(hint);
    });
  });

  test.each([
    ["ends before a command is run", "/bin/bash", "exit 0", "ended with 0"],
    ["ends with a word", "/bin/bash", "echo 'no shells here'; exit 0", "and said: no shells here"],
    ["lets nobody in", "/usr/sbin/nologin", "", "not available"],
  ])("one that %s is told, and nothing is taken for done", async (_what, program, text, said) => {
    await shell(program);
    await bashrc(text);
    for (const words of ["deploy", "check", "status", "releases", "run true", "rollback"]) {
      const { code, stdout } = await bed.hostout(`site ${words}`);
      expect([words, code, stdout]).toEqual([words, 4, expect.stringContaining("web1 runs no command")]);
      expect(stdout).toContain(said);
      if (said !== "not available") expect(stdout).toContain("Does 'ssh deploy@web1 echo ok' say ok?");
    }
    const other = await bed.hostout("site:transport=openssh site deploy");
    expect([other.code, other.stdout]).toEqual([4, expect.stringContaining("web1 runs no command")]);
    const { code, events } = await bed.events("site deploy");
    expect([code, endOf(events, "activate")]).toEqual([4, undefined]);
    expect((await bed.web1.sh("ls /home/deploy")).stdout).toBe("");
  });

  test("one that ends where another account is wanted fails that host alone: the others go on and the run ends", async () => {
    // The first session is let in: there openssh has its master.
    const once = "[ -e ~/off ] && exit 0; touch ~/off; :";
    for (const [transport, text] of [
      ["node-ssh", "exit 0"],
      ["openssh", "exit 0"],
      ["openssh", once],
    ] as const) {
      await clear();
      await bashrc(text);
      const words = `site:transport=${transport}`;
      const { code, events } = await bed.events(`${words} site other sudo id`);
      const ended = events.filter(({ type }) => type === "run.end");
      expect([transport, text, code, ended]).toEqual([
        ...[transport, text, 3],
        [
          expect.objectContaining({
            targets: [
              expect.objectContaining({
                site: "site",
                status: "failed",
                error: expect.objectContaining({ code: "refused" }),
              }),
              expect.objectContaining({ site: "other", status: "ok" }),
            ],
          }),
        ],
      ]);
    }
  });
});
