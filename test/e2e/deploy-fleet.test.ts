import { whyNoBed } from "../bed/bed.ts";
import { describeUnless } from "../bed/describe-with.ts";
import { type DeployBed, projectPath, startDeployBed } from "./deploy-bed.ts";

const hosts = Array.from({ length: 10 }, (_, index) => `w${index}`);
const bad = "w6";

/** Three sites on the same ten hosts, each with a path of its own. */
const sites = ["one", "two", "three"];

const hostoutCfg = sites
  .map(
    (name) => `[${name}]
host = ${hosts.join(" ")}
path = /srv/${name}
build-command = sh build.sh
verify = sh verify.sh
verify-timeout = 5s
`,
  )
  .join("");

describeUnless(whyNoBed(), "three sites on ten real hosts", () => {
  let bed: DeployBed;
  beforeAll(async () => {
    bed = await startDeployBed({ hosts });
    await bed.write({
      "hostout.cfg": hostoutCfg,
      "build.sh": "cat source >page\n",
      "verify.sh": `! grep -q bad page || test "$(hostname)" != ${bad}\n`,
      source: "first\n",
    });
  });
  afterAll(() => bed?.stop());

  /** What each host serves of a site. */
  const pages = (site: string) =>
    Promise.all(
      hosts.map(async (name) => (await bed.host(name).sh(`cat /srv/${site}/current/page`)).stdout.trim()),
    );
  const all = (text: string) => hosts.map(() => text);
  const butBad = (text: string, its: string) => hosts.map((name) => (name === bad ? its : text));
  const releasesOf = async (name: string, site: string) =>
    (await bed.host(name).sh(`ls -A /srv/${site}/releases`)).stdout.trim().split("\n");

  test("all sites are deployed to all hosts by one line, each host told with its version", async () => {
    const { code, stdout } = await bed.hostout("all deploy");
    expect([code, code === 0 ? "" : stdout]).toEqual([0, ""]);
    for (const site of sites) expect(await pages(site)).toEqual(all("first"));
    const told = stdout.match(/^\[.*\] ok(?:, 1 warning)?: Deployment complete at version \S+$/gm) ?? [];
    expect(told).toHaveLength(sites.length * hosts.length);
    for (const name of hosts) expect((await releasesOf(name, "one")).length).toBe(1);
  });

  test("one host of ten that is not verified goes back alone, where one may fail; nine serve the new one", async () => {
    await bed.write({ source: "bad second\n" });
    const { code, stdout } = await bed.hostout("one deploy --max-failures 1 --batch 3");
    expect([code, stdout]).toEqual([7, expect.stringContaining(`[${bad}] failed`)]);
    expect(await pages("one")).toEqual(butBad("bad second", "first"));
    expect((await bed.host(bad).sh("ls -A /srv/one/releases")).stdout).toMatch(/Z-[0-9a-f]{8}/);
    for (const site of ["two", "three"]) expect(await pages(site)).toEqual(all("first"));
  });

  test("deployed again, the nine have it already, and the one is tried anew", async () => {
    const before = await releasesOf("w0", "one");
    const { code, stdout } = await bed.hostout("one deploy --max-failures 1");
    expect(code).toBe(7);
    expect(stdout.match(/\] ok(?:, 1 warning)?: \S+ is live already$/gm)).toHaveLength(9);
    expect(await pages("one")).toEqual(butBad("bad second", "first"));
    expect(await releasesOf("w0", "one")).toEqual(before);
  });

  test("where none may fail, the hosts that had switched go back, and the others do not begin", async () => {
    const { code, stdout } = await bed.hostout("two deploy --max-failures 0 --batch 4");
    expect([code, stdout]).toEqual([expect.any(Number), expect.stringContaining(`[${bad}] failed`)]);
    expect([3, 7]).toContain(code);
    expect(await pages("two")).toEqual(all("first"));
    // w8 and w9 are of the third batch.
    expect(stdout).not.toMatch(/^\[w[89]\] activate /m);
    const { stdout: status } = await bed.hostout("two status");
    expect(status.match(/no release is live/g)).toBeNull();
  });

  test("all at once and none may fail: all go back, and answer as before", async () => {
    const { code } = await bed.hostout("three deploy --max-failures 0 --batch 100%");
    expect([3, 4, 7]).toContain(code);
    expect(await pages("three")).toEqual(all("first"));
  });

  test("what is mended is deployed everywhere, and rolled back everywhere", async () => {
    await bed.write({ source: "third\n" });
    const { code } = await bed.hostout("all deploy");
    expect(code).toBe(0);
    for (const site of sites) expect(await pages(site)).toEqual(all("third"));
    const begunMs = Date.now();
    const back = await bed.hostout("all rollback --anyway");
    expect([back.code, back.code === 0 ? "" : back.stdout]).toEqual([0, ""]);
    const seconds = (Date.now() - begunMs) / 1000;
    process.stderr.write(
      `rollback: ${sites.length} sites on ${hosts.length} hosts in ${seconds.toFixed(1)} s\n`,
    );
    expect(await pages("one")).toEqual(butBad("bad second", "first"));
    for (const site of ["two", "three"]) expect(await pages(site)).toEqual(all("first"));
  });

  test("after Ctrl-C a host that was switched meanwhile says what it serves, and no other host is switched", async () => {
    await bed.write({ source: "fourth\n" });
    await bed.host("w0").sh("rm -f /tmp/starting");
    const line = "--hosts 'w[01]' 'one:start-cmd=touch /tmp/starting; sleep 3' one deploy";
    const deploy = bed.hostout(line, { before: "echo $$ >pid; exec" });
    await bed.host("w0").sh("until [ -e /tmp/starting ]; do sleep 0.1; done");
    await bed.client.sh(`kill -INT $(cat ${projectPath}/pid)`);
    const { code, stdout } = await deploy;
    expect([code, stdout]).toEqual([
      130,
      expect.stringMatching(/^\[w0\] interrupted: after 'deploy rollout go-live'; its live release is \S+$/m),
    ]);
    expect(stdout).toMatch(/^\[w1\] (?:not run: interrupted$|interrupted: (?:in|after) )/m);
    expect((await pages("one")).slice(0, 2)).toEqual(["fourth", "bad second"]);
    const resumed = await bed.hostout("resume");
    expect([resumed.code, (await pages("one")).slice(0, 2)]).toEqual([0, ["fourth", "fourth"]]);
  });
});
