import { type DeployBed, describeDeploys, doneIn } from "./deploy-bed.ts";

const path = "/srv/site";

async function prepare(bed: DeployBed): Promise<void> {
  await bed.write({
    // As a supervisor does it: what runs cannot be started a second time.
    "hostout.cfg": `[site]
host = web1
path = ${path}
include = page
start-cmd = test ! -e /tmp/running && ! grep -q unstartable page && cp page /tmp/running
stop-cmd = rm /tmp/running
verify = cmp page /tmp/running
verify-timeout = 1s
`,
    page: "one\n",
  });
  const { code, stdout } = await bed.hostout("site deploy");
  if (code !== 0) throw new Error(stdout);
}

describeDeploys("commands of a site that fail, on a real host", prepare, (bed) => {
  /** What is served, and what runs. */
  const state = async () =>
    (await bed.web1.sh(`cat ${path}/current/page /tmp/running`, { mayFail: true })).stdout.trim().split("\n");
  const edit = (text: string) => bed.write({ page: `${text}\n` });

  test("pre-commands that fail end the deploy before anything is stopped; what runs goes on", async () => {
    await edit("two");
    const { code, stdout } = await bed.hostout("'site:pre-commands=echo no backup; false' site deploy");
    expect([code, stdout]).toEqual([
      4,
      expect.stringContaining("failed: web1: 'echo no backup; false' ended with 1"),
    ]);
    expect(await state()).toEqual(["one", "one"]);
  });

  test("a site that does not start is gone back from, and the one before runs again", async () => {
    await edit("unstartable");
    const { code, stdout } = await bed.hostout("site deploy");
    expect([code, stdout]).toEqual([4, expect.stringMatching(/is live again/)]);
    expect(await state()).toEqual(["one", "one"]);
  });

  test("post-commands that fail are told, and the host goes back", async () => {
    await edit("three");
    const { code } = await bed.hostout("site:post-commands=false site deploy");
    expect([code, await state()]).toEqual([4, ["one", "one"]]);
  });

  test("postdeploy of a plugin that fails is told: what is served and verified stays", async () => {
    await edit("four");
    await bed.write({
      "tasks.ts": `import { definePlugin } from "@hostout/kit";
export const plugin = definePlugin({ name: "tasks", commands: {
  postdeploy: { summary: "Tell", run: async ({ remote }) => { await remote.run(["false"]); } } } });
`,
    });
    const { code } = await bed.hostout("site:tasks=tasks.ts site deploy");
    expect([code, await state()]).toEqual([4, ["four", "four"]]);
    const again = await bed.hostout("site deploy");
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining("is live already")]);
  });

  test("a rollback that is not verified is told, and stays: verify may be about what was rolled back from", async () => {
    const { code } = await bed.hostout("'site:verify=grep -q four page' site rollback");
    expect([code, await state()]).toEqual([7, ["one", "one"]]);
    expect((await bed.hostout("site status")).stdout).toContain("its switch was cut off or not verified");
    expect([(await bed.hostout("site rollback")).code, await state()]).toEqual([0, ["four", "four"]]);
  });

  test("a rollback that cannot switch is told, and what was stopped for it runs again", async () => {
    await bed.web1.sh(
      'printf \'#!/bin/sh\\ncase $* in *" current") exit 1;; esac; exec /bin/mv "$@"\\n\' >/usr/local/bin/mv && chmod 755 /usr/local/bin/mv',
    );
    const { code, stdout } = await bed.hostout("site rollback");
    await bed.web1.sh("rm /usr/local/bin/mv");
    expect([code, stdout]).toEqual([
      4,
      expect.stringMatching(/activate failed[\s\S]*Z-\S+ was not replaced/),
    ]);
    expect(await state()).toEqual(["four", "four"]);
  });

  test("a release that failed is told as such by a part of its name too", async () => {
    const { stdout } = await bed.hostout("site releases");
    const short = /(\S{8}) {2}failed/.exec(stdout)![1]!;
    const { stdout: folders } = await bed.web1.sh(`ls -A ${path}/releases`);
    const name = new RegExp(`\\d\\S+-${short}`).exec(folders)![0];
    for (const word of [name, short]) {
      const { code, stdout: told } = await bed.hostout(`site rollback ${word}`);
      expect([code, told]).toEqual([
        4,
        expect.stringContaining(`${word} failed, and never becomes live again`),
      ]);
    }
  });

  test("something in the way of `current` is told before anything is stopped or moved", async () => {
    await bed.web1.sh("mkdir -p /srv/other/current && echo kept >/srv/other/current/page");
    const { code, stdout } = await bed.hostout("site:path=/srv/other site deploy");
    expect([code, stdout]).toEqual([
      4,
      expect.stringContaining("/srv/other/current is no link: move it away"),
    ]);
    expect((await bed.web1.sh("cat /srv/other/current/page")).stdout).toBe("kept\n");
    expect(await state()).toEqual(["four", "four"]);
  });

  test("a check that fails with the release before, too, says that it went back, and asks about the line of verify", async () => {
    await edit("five");
    const { code, stdout } = await bed.hostout("'site:verify=grep -q never page' site deploy");
    expect([code, stdout]).toEqual([
      7,
      expect.stringMatching(
        /; rolled back to \S+; the same check fails there too\n.*\n? *try: Is the verify line right\?/,
      ),
    ]);
    expect(stdout).not.toMatch(/the rollback failed|hostout resume/);
    expect(stdout.match(/could not be stopped/g)).toBeNull();
    expect(await state()).toEqual(["four", "four"]);
  });

  test("resume after a failed check refuses before it touches what is live", async () => {
    const started = (await bed.web1.sh("stat -c %Y.%i /tmp/running")).stdout;
    for (const words of ["resume", "resume"]) {
      const { code, stdout } = await bed.hostout(words);
      expect([code, stdout]).toEqual([
        4,
        expect.stringMatching(/failed its check and was rolled back; \S+ stays live/),
      ]);
      expect(stdout).not.toMatch(/stop … done|hostout resume/);
    }
    expect([(await bed.web1.sh("stat -c %Y.%i /tmp/running")).stdout, await state()]).toEqual([
      started,
      ["four", "four"],
    ]);
  });

  test("what did not stop the site does not start it: a hook before the switch that fails", async () => {
    await edit("six");
    const started = (await bed.web1.sh("stat -c %Y.%i /tmp/running")).stdout;
    const hook = "hooks.ts";
    await bed.write({
      [hook]: `import { definePlugin } from "@hostout/kit";
export const plugin = definePlugin({ name: "hooks", commands: {
  refuse: { summary: "Refuse", run: async ({ remote }) => { await remote.run(["false"]); } },
  "go-live": { before: ["refuse"] } } });
`,
    });
    for (const command of ["deploy", "rollback"]) {
      const { code, stdout } = await bed.hostout(`site:tasks=${hook} site ${command}`);
      expect([command, code, stdout]).toEqual([command, 4, expect.not.stringMatching(/\] start …/)]);
    }
    expect([(await bed.web1.sh("stat -c %Y.%i /tmp/running")).stdout, await state()]).toEqual([
      started,
      ["four", "four"],
    ]);
  });

  test("pre-commands that stop the site run before the build, on a first deploy too; after a build that failed it is started again", async () => {
    const folder = "/srv/old-project";
    const lines = `[old]
host = web1
path = /srv/old
build-command = test ! -e /tmp/refuse
pre-commands =
    cd /tmp
    rm -f old-runs || echo Unable to shutdown
post-commands = test ! -e /tmp/old-runs && cp page /tmp/old-runs
`;
    await bed.write({ "hostout.cfg": lines, page: "one\n" }, folder);
    const runs = async () => (await bed.web1.sh("cat /tmp/old-runs", { mayFail: true })).stdout.trim();
    const first = await bed.events("old deploy", { folder });
    expect([first.code, await runs()]).toEqual([0, "one"]);
    const order = doneIn(first.events);
    expect(order.indexOf("pre-commands")).toBeLessThan(order.indexOf("buildout"));
    await bed.web1.sh("touch /tmp/refuse");
    await bed.write({ page: "two\n" }, folder);
    const failed = await bed.hostout("old deploy", { folder });
    expect([failed.code, await runs()]).toEqual([4, "one"]);
    await bed.web1.sh("rm /tmp/refuse");
    const second = await bed.hostout("old deploy", { folder });
    expect([second.code, await runs()]).toEqual([0, "two"]);
    const back = await bed.hostout("old rollback", { folder });
    expect([back.code, await runs()]).toEqual([0, "one"]);
  });

  test("--timeout between stop and start says that the site may be stopped, and what starts it", async () => {
    await edit("timely");
    const { code, stdout } = await bed.hostout("--timeout 4 'site:start-cmd=sleep 20' site deploy");
    expect([code, stdout]).toEqual([
      4,
      expect.stringContaining("'hostout 'site:start-cmd=sleep 20' site status' shows the live release"),
    ]);
    expect(await state()).toEqual(["timely"]);
    expect((await bed.hostout("site start")).code).toBe(0);
    expect(await state()).toEqual(["timely", "timely"]);
  });
});
