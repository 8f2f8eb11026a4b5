import { existsSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startThrowAway, type ThrowAway } from "../bed/throw-away.ts";

let bed: ThrowAway;
beforeAll(async () => {
  bed = await startThrowAway();
  const site = `host = a.example.com\nuser = ${bed.user}\npath = ~/web\ncommands-as = effective\ninclude = htdocs\n`;
  const slow =
    "build-command =\n  touch started; while [ -e ~/hold ]; do sleep 1; done; sleep 4; cp htdocs/index.html out || true\n";
  await bed.write({ "hostout.cfg": `[web]\n${site}${slow}[quick]\n${site}`, "htdocs/index.html": "one" });
});
afterAll(() => bed.stop());

const site = () => join(bed.home, "web");

/** A deploy whose line breaks while it builds. */
async function brokenDeploy(meanwhile: () => Promise<unknown>) {
  const going = bed.hostout("web", "deploy");
  const hasBegun = () =>
    bed.run("sh", "-c", `ls ${site()}/releases/*/started && ! ls ${site()}/releases/*/out`);
  while ((await hasBegun()).code !== 0) await new Promise((resolve) => setTimeout(resolve, 50));
  await bed.drop();
  await meanwhile();
  return going;
}

test("a build goes on while the line is broken, and the deploy with it: its lock is taken again", async () => {
  const { code, stdout } = await brokenDeploy(async () => {});
  expect(stdout).toMatch(/the connection to a\.example\.com broke; the command goes on there/);
  expect([code, readFileSync(join(site(), "current", "out"), "utf8")]).toEqual([0, "one"]);
});

test("where another deploy came between, the one that lost its lock changes nothing", async () => {
  await bed.run("sh", "-c", `rm ${site()}/releases/*/out ${site()}/releases/*/started`);
  await bed.write({ "htdocs/index.html": "two" });
  const hold = join(bed.home, "hold");
  writeFileSync(hold, "");
  const { code, stdout } = await brokenDeploy(async () => {
    await bed.write({ "htdocs/index.html": "three" });
    // The host sees a little later that nobody holds the lock any more.
    for (let tries = 0; (await bed.hostout("quick", "deploy")).code !== 0; tries++)
      expect(tries).toBeLessThan(20);
    rmSync(hold);
  });
  expect([code, stdout]).toEqual([5, expect.stringMatching(/the lock of|is being changed by/)]);
  expect(readFileSync(join(site(), "current", "htdocs", "index.html"), "utf8")).toBe("three");
});

test("a deploy of what is served starts a site that a killed rollback had stopped", async () => {
  const stops = `stop-cmd = echo stop >>${site()}/log\nstart-cmd = echo start >>${site()}/log\n`;
  const config = `[web]\nhost = a.example.com\nuser = ${bed.user}\npath = ~/web\ncommands-as = effective\ninclude = htdocs\n${stops}`;
  await bed.write({ "stops.cfg": config, "htdocs/index.html": "four" });
  const deploy = () => bed.hostout("-c", "stops.cfg", "web", "deploy");
  expect((await deploy()).code).toBe(0);
  await bed.write({ "htdocs/index.html": "five" });
  expect((await deploy()).code).toBe(0);
  const preload = join(import.meta.dirname, "..", "e2e", "kill-after.mjs");
  const bin = join(import.meta.dirname, "..", "..", "packages", "cli", "bin", "hostout.js");
  const rollback = ["-c", "stops.cfg", "web", "rollback"];
  const rollbackKilledAfter = async (lines: number) => {
    const words = [process.execPath, "--import", preload, bin, ...rollback];
    const killed = await bed.run("env", `KILL_AFTER=${lines}`, ...words);
    expect(killed.code === null || killed.code === 137).toBe(true);
  };
  // Begun: the request, the run, rollback, go-live, stop; then stop has ended.
  await rollbackKilledAfter(6);
  const log = () => readFileSync(join(site(), "log"), "utf8").trim().split("\n");
  expect(log().at(-1)).toBe("stop");
  expect((await bed.hostout("-c", "stops.cfg", "web", "status")).stdout).toContain("its switch was cut off");
  const { code, stdout } = await deploy();
  expect([code, log().at(-1), stdout]).toEqual([0, "start", expect.not.stringContaining("live already")]);
  expect((await deploy()).stdout).toContain("is live already");

  const served = () => readFileSync(join(site(), "current", "htdocs", "index.html"), "utf8");
  for (const goOn of [["-c", "stops.cfg", "resume"], rollback]) {
    expect(served()).toBe("five");
    // Activate has ended, too: what is gone back to is served, and has not been started.
    await rollbackKilledAfter(8);
    expect([served(), log().at(-1)]).toEqual(["four", "stop"]);
    const { code, stdout } = await bed.hostout(...goOn);
    expect([code, served(), log().at(-1), stdout]).toEqual([
      0,
      "four",
      "start",
      expect.stringMatching(/Z-\w+ -> \d+T/),
    ]);
    // And there again.
    expect((await bed.hostout(...rollback)).code).toBe(0);
  }
});

test("what only looks after releases makes nothing where the site never was", async () => {
  const never = ["web:path=~/never", "web"];
  for (const [command, code] of [
    ["cleanup", 0],
    ["rollback", 4],
    ["activate", 4],
    ["pin", 4],
  ] as const) {
    const ended = await bed.hostout(...never, command);
    expect([command, ended.code]).toEqual([command, code]);
    if (code !== 0) expect(ended.stdout).toContain("nothing was deployed to");
    expect(existsSync(join(bed.home, "never"))).toBe(false);
  }
});

test("a build that puts a var of its own in the place of the site's is refused, and what is served stays", async () => {
  const config = `[web]\nhost = a.example.com\nuser = ${bed.user}\npath = ~/web\ncommands-as = effective\ninclude = htdocs\nbuild-command = rm -rf var; mkdir var; echo x >var/y\n`;
  await bed.write({ "var.cfg": config });
  const before = realpathSync(join(site(), "current"));
  const { code, stdout } = await bed.hostout("-c", "var.cfg", "web", "deploy");
  expect([code, stdout]).toEqual([4, expect.stringContaining("no longer leads to the data of the site")]);
  expect(realpathSync(join(site(), "current"))).toBe(before);
});
