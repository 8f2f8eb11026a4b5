import { dirname } from "node:path";
import { whyNoBed } from "../bed/bed.ts";
import { describeUnless } from "../bed/describe-with.ts";
import { type DeployBed, endOf, projectPath, root, startDeployBed } from "./deploy-bed.ts";

const path = "/srv/site";

describeUnless(whyNoBed(), "several deploys of one site on a real host", () => {
  let bed: DeployBed;
  beforeAll(async () => {
    bed = await startDeployBed();
    await bed.write({
      "hostout.cfg": `[site]\nhost = web1\npath = ${path}\nbuild-command = sh build.sh\nstart-cmd = echo start >>/tmp/started\n`,
      "build.sh": "touch /tmp/builds; while [ -e /tmp/hold ]; do sleep 0.1; done; cat source >page\n",
      source: "one\n",
    });
  });
  afterAll(() => bed?.stop());

  const page = async () => (await bed.web1.sh(`cat ${path}/current/page`)).stdout.trim();
  const edit = (text: string) => bed.write({ source: `${text}\n` });
  const hold = () => bed.web1.sh("rm -f /tmp/builds; touch /tmp/hold");
  const untilBuilt = () =>
    bed.web1.sh("for i in $(seq 300); do [ -e /tmp/builds ] && exit; sleep 0.1; done; exit 1");
  const letGo = () => bed.web1.sh("rm -f /tmp/hold");
  const lockedBy = async () =>
    (endOf((await bed.events("site status")).events, "status")!.value as { lockedBy?: string }).lockedBy;

  test("of two at once one deploys, the other ends with exit 5 and names who", async () => {
    await hold();
    const first = bed.hostout("site deploy");
    await untilBuilt();
    const { stdout: who } = await bed.client.sh("echo $(id -un)@$(hostname)");
    const second = await bed.hostout("site deploy");
    expect([second.code, second.stdout]).toEqual([
      5,
      expect.stringContaining(`a run of ${who.trim()}, process `),
    ]);
    expect(await lockedBy()).toContain(who.trim());
    for (const command of ["cleanup", "rollback"]) {
      const { code, stdout } = await bed.hostout(`site ${command}`);
      expect([command, code, stdout]).toEqual([
        command,
        5,
        expect.stringContaining("'hostout site unlock' ends it"),
      ]);
    }
    await letGo();
    expect([(await first).code, await page(), await lockedBy()]).toEqual([0, "one", undefined]);
  });

  test("begun in the same moment, one is served whole, and none is mixed with another", async () => {
    const folders = ["/srv/a", "/srv/b", "/srv/c"];
    for (const folder of folders) {
      await bed.client.sh(
        `cp -r ${projectPath} ${folder} && rm -rf ${folder}/.hostout && echo ${folder} >${folder}/source`,
      );
    }
    const ended = await Promise.all(folders.map((folder) => bed.hostout("site deploy", { folder })));
    const codes = ended.map(({ code }) => code);
    expect(codes).toContain(0);
    expect(codes.filter((code) => code !== 0 && code !== 5)).toEqual([]);
    const good = folders.filter((_, index) => codes[index] === 0);
    expect(good).toContain(await page());
  });

  test("unlock ends the one that hangs: it cannot switch any more, and the next deploy is served", async () => {
    await edit("hanging");
    const before = await page();
    await hold();
    const hanging = bed.hostout("site deploy");
    await untilBuilt();
    const unlocked = await bed.hostout("site unlock");
    expect([unlocked.code, unlocked.stdout]).toEqual([0, expect.stringMatching(/\] ok: taken from \S+@\S+/)]);
    expect(await lockedBy()).toBeUndefined();
    await letGo();
    expect([(await hanging).code, await page()]).toEqual([5, before]);
    await edit("after");
    expect([(await bed.hostout("site deploy")).code, await page()]).toEqual([0, "after"]);
    expect((await bed.hostout("site unlock")).stdout).toContain("no run holds the lock");
  });

  test("the lock of a client that was killed is free at once, and what it began is not served", async () => {
    await edit("killed");
    await hold();
    const running = bed.client.sh(
      `cd ${projectPath} && { ${root}/bin/hostout site deploy & echo $! >/tmp/client; wait $!; }`,
      { mayFail: true, env: { PATH: `${dirname(process.execPath)}:/usr/bin:/bin` } },
    );
    await untilBuilt();
    await bed.client.sh("kill -9 $(cat /tmp/client)");
    await running;
    const begun = Date.now();
    while ((await lockedBy()) !== undefined) expect(Date.now() - begun).toBeLessThan(20_000);
    expect(await page()).toBe("after");
    await letGo();
    await edit("next");
    const { code, stdout } = await bed.hostout("site deploy");
    expect([code, code === 0 ? "" : stdout]).toEqual([0, ""]);
    expect(await page()).toBe("next");
    const { stdout: cleaned } = await bed.hostout("site cleanup");
    expect(cleaned).not.toContain("warning");
    expect((await bed.web1.sh(`ls -A ${path}/releases | grep -v '^\\.' | wc -l`)).stdout.trim()).toBe(
      String(
        (endOf((await bed.events("site releases")).events, "releases")!.value as { result: string }[]).filter(
          ({ result }) => result !== "failed",
        ).length,
      ),
    );
  });

  describe.each(["node-ssh", "openssh"])(
    "nine sites with packages of their own on one host, over %s",
    (transport) => {
      const sites = Array.from({ length: 9 }, (_, number) => `s${number + 1}`);
      const pages = async () =>
        (
          await bed.web1.sh(`cd /srv/${transport} && for s in *; do cat $s/current/$s/page; done`, {
            mayFail: true,
          })
        ).stdout;
      const writePages = (version: number) =>
        bed.write(Object.fromEntries(sites.map((site) => [`${site}/page`, `${site} ${version}\n`])));
      const expected = (version: number) => sites.map((site) => `${site} ${version}\n`).join("");
      const run = (words: string) =>
        bed.hostout(`-c many.cfg ${sites.join(" ")} ${words}`, { before: "exec timeout 200" });

      test("are deployed in one run, and rolled back in one, few at a time too", async () => {
        const section = (site: string) =>
          `[${site}]\nhost = web1\npath = /srv/${transport}/${site}\ntransport = ${transport}\ninclude = ${site}\n`;
        await bed.write({ "many.cfg": sites.map(section).join("\n") });
        await writePages(1);
        const first = await run("deploy");
        expect([first.code, first.code === 0 ? "" : first.stdout, await pages()]).toEqual([
          0,
          "",
          expected(1),
        ]);
        if (transport === "openssh") return;
        await writePages(2);
        expect([(await run("--jobs 2 deploy")).code, await pages()]).toEqual([0, expected(2)]);
        expect([(await run("rollback")).code, await pages()]).toEqual([0, expected(1)]);
      }, 300_000);
    },
  );
});
