import { whyNoBed } from "../bed/bed.ts";
import { describeUnless } from "../bed/describe-with.ts";
import { type DeployBed, releaseAt, startDeployBed } from "./deploy-bed.ts";

const path = "/srv/site";
const names = ["w0", "w1", "w2"];

/** A site that writes each stop and start down. On a host with /tmp/slow its stop takes a while, with /tmp/broken it does not start. */
const section = `[site]
host = ${names.join(" ")}
path = ${path}
include = page
stop-cmd = echo stop >>/tmp/events; rm -f /tmp/up; while [ -e /tmp/slow ]; do sleep 0.1; done
start-cmd =
    echo start >>/tmp/events
    test ! -e /tmp/broken
    touch /tmp/up
verify = test -e /tmp/up -a ! -e /tmp/unwell
verify-timeout = 1s
`;

describeUnless(whyNoBed(), "a restart of three hosts", () => {
  let bed: DeployBed;
  beforeAll(async () => {
    bed = await startDeployBed({ hosts: names });
    await bed.write({ "hostout.cfg": section, page: "one\n" });
  });
  afterAll(() => bed?.stop());

  /** What each host did since the last question. */
  const events = () =>
    Promise.all(
      names.map(async (name) => {
        const { stdout } = await bed.host(name).sh("cat /tmp/events; rm -f /tmp/events", { mayFail: true });
        return stdout.trim().split("\n").filter(Boolean).join(" ");
      }),
    );
  const areUp = () =>
    Promise.all(names.map(async (name) => (await bed.host(name).sh("ls /tmp/up", { mayFail: true })).code));

  test("is refused where no release is live, and stops nothing", async () => {
    const { code, stdout } = await bed.hostout("site restart");
    expect([code, stdout]).toEqual([
      4,
      expect.stringMatching(
        /w\d: no release is live, so there is nothing to restart\n *try: Deploy first: hostout site deploy/,
      ),
    ]);
    expect(await events()).toEqual(["", "", ""]);
  });

  test("stops, starts and verifies one host after the other, and switches nothing", async () => {
    expect((await bed.hostout("site deploy")).code).toBe(0);
    await events();
    const before = await releaseAt(bed.host("w0"), path);
    const { code, events: told } = await bed.events("site restart");
    expect([code, await events()]).toEqual([0, ["stop start", "stop start", "stop start"]]);
    const ended = told.filter(({ type, path: at }) => type === "task.end" && at?.[1] === "restart-live");
    const order = ended.flatMap(({ host, path: at }) => (at?.length === 3 ? [`${host} ${at[2]}`] : []));
    expect(order).toEqual(names.flatMap((name) => [`${name} stop`, `${name} start`, `${name} verify`]));
    expect(await releaseAt(bed.host("w0"), path)).toBe(before);
    expect((await bed.hostout("site status")).stdout).not.toMatch(/cut off/);
  });

  test("of which one host does not start names that host, and leaves the later ones running: exit code of the start", async () => {
    await bed.host("w1").sh("touch /tmp/broken");
    const { code, stdout } = await bed.hostout("site restart");
    await bed.host("w1").sh("rm /tmp/broken");
    expect([code, stdout]).toEqual([
      3,
      expect.stringMatching(
        /\[w1\] .*failed.*: w1: \S+ is live, but did not start: the site is stopped: [\s\S]*try: .*hostout site start/,
      ),
    ]);
    expect(stdout).toMatch(/^\[w2\] not run: w1 failed/m);
    expect([await events(), await areUp()]).toEqual([
      ["stop start", "stop start", ""],
      [0, 2, 0],
    ]);
    expect((await bed.hostout("site status")).stdout).toMatch(/w1\] warning: .*cut off or not verified/);
    expect((await bed.hostout("--hosts w1 site restart")).code).toBe(0);
    expect((await bed.hostout("site status")).stdout).not.toMatch(/cut off/);
    await events();
  });

  test("of which one host fails its check ends with 7, and leaves the later ones alone", async () => {
    await bed.host("w0").sh("touch /tmp/unwell");
    const { code, stdout } = await bed.hostout("site restart");
    await bed.host("w0").sh("rm /tmp/unwell");
    expect([code, stdout]).toEqual([7, expect.stringMatching(/\[w0\] .*failed.*: w0: verify /)]);
    expect(await events()).toEqual(["stop start", "", ""]);
  });

  test("comes through on its host after Ctrl-C, and begins on no other one", async () => {
    await bed.host("w0").sh("touch /tmp/slow");
    const restarted = bed.hostout("site restart", { before: "echo $$ >/tmp/pid; exec" });
    await bed.host("w0").sh("while ! grep -q stop /tmp/events; do sleep 0.1; done 2>/dev/null");
    await bed.client.sh("kill -INT $(cat /tmp/pid)");
    await bed.host("w0").sh("sleep 0.5; rm /tmp/slow");
    const { code, stdout } = await restarted;
    expect([code, code === 130 ? "" : stdout]).toEqual([130, ""]);
    expect([await events(), await areUp()]).toEqual([
      ["stop start", "", ""],
      [0, 0, 0],
    ]);
    expect((await bed.hostout("site status")).stdout).not.toMatch(/cut off|process/);
  });

  test("waits for no other run: a site that is being changed is not restarted", async () => {
    await bed.host("w0").sh("touch /tmp/slow");
    const first = bed.hostout("site restart");
    await bed.host("w0").sh("while ! grep -q stop /tmp/events; do sleep 0.1; done 2>/dev/null");
    const { code, stdout } = await bed.hostout("site restart");
    await bed.host("w0").sh("rm /tmp/slow");
    expect([code, stdout]).toEqual([5, expect.stringMatching(/lock/)]);
    expect((await first).code).toBe(0);
    expect(await events()).toEqual(["stop start", "stop start", "stop start"]);
  });

  test("as a dry run shows its lines, and runs none", async () => {
    const { code, stdout } = await bed.hostout("--dry-run site restart");
    expect([code, stdout]).toEqual([0, expect.stringMatching(/would run: echo stop[\s\S]*would run: /)]);
    expect(await events()).toEqual(["", "", ""]);
  });
});
