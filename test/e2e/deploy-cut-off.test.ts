import { dirname } from "node:path";
import { contentOf, type DeployBed, describeDeploys, endOf, projectPath, root } from "./deploy-bed.ts";

// What a shell, a regular expression and an INI file give a meaning to.
const path = "/srv/it's a $HOME & (site)";
const quoted = `"/srv/it's a \\$HOME & (site)"`;

async function prepare(bed: DeployBed): Promise<void> {
  await bed.write({
    "hostout.cfg": `[site]
host = web1
path = ${path.replaceAll("$", "$$")}
include = page
verify = touch /tmp/verifies; while [ -e /tmp/hold ]; do sleep 0.1; done; ! grep -q bad page
verify-timeout = 1s
start-cmd = cat page >/tmp/started; touch /tmp/starts; while [ -e /tmp/hold-start ]; do sleep 0.1; done
`,
    page: "one\n",
  });
}

describeDeploys("a deploy that is cut off, on a real host", prepare, (bed) => {
  const page = async () => (await bed.web1.sh(`cat ${quoted}/current/page`)).stdout.trim();
  const started = async () => (await bed.web1.sh("cat /tmp/started")).stdout.trim();
  const edit = (text: string) => bed.write({ page: `${text}\n` });
  const results = async () => {
    const list = endOf((await bed.events("site releases")).events, "releases")!.value;
    return (list as { result: string; marks: string[] }[]).map(({ result, marks }) =>
      [result, ...marks].join(" "),
    );
  };
  /** Deploys, and kills the client as soon as the host has a file; what the host does then is let go. */
  const killedAt = async (mark: string, hold: string, options = "") => {
    await bed.web1.sh(`rm -f ${mark}; touch ${hold}`);
    const running = bed.client.sh(
      `cd ${projectPath} && { ${root}/bin/hostout ${options} site deploy & echo $! >/tmp/client; wait $!; }`,
      { mayFail: true, env: { PATH: `${dirname(process.execPath)}:/usr/bin:/bin` } },
    );
    await bed.web1.sh(`for i in $(seq 300); do [ -e ${mark} ] && exit; sleep 0.1; done; exit 1`);
    await bed.client.sh("kill -9 $(cat /tmp/client)");
    await running;
    await bed.web1.sh(`rm -f ${hold}; sleep 1`);
  };

  test("a dry run tells what a deploy would do, and leaves neither host nor project another", async () => {
    const { code, stdout, stderr } = await bed.hostout("--dry-run site deploy");
    expect([code, code === 0 ? "" : stdout + stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/would send up to \d+ bytes to web1/);
    expect((await bed.web1.sh("ls -A /srv")).stdout).toBe("");
    expect(
      (await bed.client.sh(`ls -A ${projectPath} ${projectPath}/.hostout 2>/dev/null`, { mayFail: true }))
        .stdout,
    ).not.toContain("packages");
    expect((await bed.hostout("site deploy")).code).toBe(0);
    const before = await contentOf(bed.web1, quoted);
    await edit("dry");
    expect((await bed.hostout("--dry-run site deploy")).code).toBe(0);
    expect(await contentOf(bed.web1, quoted)).toBe(before);
    expect((await bed.hostout("--dry-run site rollback")).code).toBe(4);
  });

  test("cut off while its folder is made: resume makes it whole", async () => {
    await edit("half");
    await bed.web1.sh(
      "printf '#!/bin/sh\\n/usr/bin/tar \"$@\"; exit 1\\n' >/usr/local/bin/tar && chmod 755 /usr/local/bin/tar",
    );
    const cut = await bed.hostout("site deploy");
    await bed.web1.sh("rm /usr/local/bin/tar");
    expect([cut.code, await page()]).toEqual([4, "one"]);
    const { code, stdout, stderr } = await bed.hostout("resume");
    expect([code, code === 0 ? "" : stdout + stderr]).toEqual([0, ""]);
    expect(await page()).toBe("half");
  });

  test("killed while it is built: resume builds it from the beginning, not on what half a build left", async () => {
    await edit("built");
    const lines = "echo begun >>begun; touch /tmp/builds; while [ -e /tmp/hold ]; do sleep 0.1; done";
    await killedAt("/tmp/builds", "/tmp/hold", `'site:build-command=${lines}'`);
    expect(await page()).toBe("half");
    const { code, stdout, stderr } = await bed.hostout("resume");
    expect([code, code === 0 ? "" : stdout + stderr]).toEqual([0, ""]);
    expect((await bed.web1.sh(`cat ${quoted}/current/page ${quoted}/current/begun`)).stdout).toBe(
      "built\nbegun\n",
    );
  });

  test("killed while it is started: resume starts and verifies what is served then", async () => {
    await edit("two");
    await killedAt("/tmp/starts", "/tmp/hold-start");
    expect(await page()).toBe("two");
    await bed.web1.sh("rm /tmp/started");
    const { code, stdout, stderr } = await bed.hostout("resume");
    expect([code, code === 0 ? "" : stdout + stderr]).toEqual([0, ""]);
    expect([await page(), await started()]).toEqual(["two", "two"]);
    expect((await results()).slice(0, 2)).toEqual(["ok served", "ok previous"]);
  });

  test("killed while it is verified: the next deploy verifies what is served, and takes it for good then", async () => {
    await edit("three");
    await killedAt("/tmp/verifies", "/tmp/hold");
    expect([await page(), (await results())[0]]).toEqual(["three", "built served"]);
    const { code, events } = await bed.events("site deploy");
    expect([code, endOf(events, "verify")?.status, endOf(events, "buildout")?.status]).toEqual([
      0,
      "ok",
      "unchanged",
    ]);
    expect((await results())[0]).toBe("ok served");
    expect(endOf((await bed.events("site deploy")).events, "rollout")?.status).toBe("unchanged");
  });

  test("killed while it is verified, and not good: the next deploy goes back to what was good before", async () => {
    await edit("bad");
    await killedAt("/tmp/verifies", "/tmp/hold");
    expect(await page()).toBe("bad");
    const { code } = await bed.hostout("site deploy");
    expect([code, await page(), await started()]).toEqual([7, "three", "three"]);
    expect((await results()).slice(0, 2)).toEqual(["failed", "ok served"]);
  });

  test("killed while it is verified: resume verifies it, and it is good", async () => {
    await edit("four");
    await killedAt("/tmp/verifies", "/tmp/hold");
    const { code, stdout, stderr } = await bed.hostout("resume");
    expect([code, code === 0 ? "" : stdout + stderr]).toEqual([0, ""]);
    expect([await page(), (await results())[0]]).toEqual(["four", "ok served"]);
  });

  test("a release that was gone back from is not what the next rollback leads to", async () => {
    await edit("five");
    expect((await bed.hostout("site deploy")).code).toBe(0);
    await edit("bad again");
    expect((await bed.hostout("site deploy")).code).toBe(7);
    expect((await bed.hostout("site rollback")).code).toBe(0);
    expect(await page()).toBe("four");
    expect((await bed.hostout("site rollback")).code).toBe(0);
    expect(["three", "five"]).toContain(await page());
  });

  test("what was good and is bad now, deployed again, is gone back from too", async () => {
    await edit("six");
    expect((await bed.hostout("site deploy")).code).toBe(0);
    await edit("seven");
    expect((await bed.hostout("site deploy")).code).toBe(0);
    await edit("six");
    const { code } = await bed.hostout("site:verify=false site deploy");
    expect([code, await page(), await started()]).toEqual([7, "seven", "seven"]);
    expect((await bed.hostout("site deploy")).code).toBe(0);
    expect(await page()).toBe("six");
  });
});
