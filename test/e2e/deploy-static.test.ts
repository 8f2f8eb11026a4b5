import { contentOf, type DeployBed, describeDeploys, doneIn, endOf, projectPath } from "./deploy-bed.ts";

const path = "/srv/static";

async function prepare(bed: DeployBed): Promise<void> {
  await bed.write({
    "hostout.cfg": `[site]
host = web1
path = ${path}
include = htdocs
links = htdocs
verify = grep -q Hello htdocs/index.html
verify-timeout = 1s
keep = 1
`,
    "htdocs/index.html": "Hello one\n",
    "htdocs/gone.txt": "only in the first\n",
  });
  await bed.client.sh(`head -c 3000000 /dev/urandom >${projectPath}/htdocs/big.bin`);
}

describeDeploys("a static site on a real host", prepare, (bed) => {
  const page = async () => (await bed.web1.sh(`cat ${path}/htdocs/index.html`)).stdout;
  const current = async () => (await bed.web1.sh(`basename $(readlink ${path}/current)`)).stdout.trim();
  const edit = (text: string) => bed.write({ "htdocs/index.html": text });
  const deploy = async () => {
    const finished = await bed.hostout("site deploy");
    expect([finished.code, finished.code === 0 ? "" : finished.stdout + finished.stderr]).toEqual([0, ""]);
    return current();
  };
  const sentBytes = (stdout: string) => Number(/(\d+) of \d+ bytes sent/.exec(stdout)?.[1]);

  test("it is deployed by what `include` names, and the last line tells the version of the host", async () => {
    const { code, stdout } = await bed.hostout("site deploy -v");
    expect([code, stdout]).toEqual([0, expect.stringMatching(/Creating release [0-9a-f]{12}/)]);
    expect(await page()).toBe("Hello one\n");
    const release = await current();
    const told = `[web1] ok: Deployment complete at version ${release}\n1 ok in `;
    expect(stdout.slice(stdout.lastIndexOf("\n\n"))).toContain(told);
    expect((await bed.web1.sh("command -v git hg svn", { mayFail: true })).stdout).toBe("");
    expect(
      (await bed.web1.sh(`cd ${path} && sha256sum .hostout/packages/*.tar | cut -d' ' -f1`)).stdout.trim(),
    ).toBe((await bed.web1.sh(`basename ${path}/.hostout/packages/*.tar .tar`)).stdout.trim());
  });

  test("deployed again unchanged, nothing is sent and nothing is done, and it says so", async () => {
    const before = [await contentOf(bed.web1, path), await current()];
    const { code, events } = await bed.events("site deploy");
    expect(code).toBe(0);
    expect(endOf(events, "rollout")).toMatchObject({
      status: "unchanged",
      note: expect.stringContaining(`${before[1]} is live already`),
    });
    expect(doneIn(events)).toEqual(
      expect.not.arrayContaining(["uploadeggs", "buildout", "activate", "stop"]),
    );
    expect([await contentOf(bed.web1, path), await current()]).toEqual(before);
    expect((await bed.hostout("-q site deploy")).stdout).toMatch(
      new RegExp(`^\\[web1\\] ok: ${before[1]} is live already\n1 ok in `, "m"),
    );
  });

  test("a dry run speaks of what would be done, and of nothing as done", async () => {
    const served = await current();
    await edit("Hello dry\n");
    const { events } = await bed.events("--dry-run site deploy");
    const [, name = ""] = /^would deploy (\S+)$/.exec(endOf(events, "rollout")?.note ?? "") ?? [];
    const notes = ["uploadbuildout", "buildout", "activate"].map((one) => endOf(events, one)?.note);
    expect([name, ...notes]).toEqual([
      expect.stringMatching(/Z-/),
      `would make ${path}/releases/${name}`,
      `would build ${name}`,
      `would switch ${served} -> ${name}`,
    ]);
    expect(events.filter(({ line }) => line?.startsWith("put:"))).toEqual([]);
    await edit("Hello one\n");
  });

  test("an edit sends what changed, and what went away locally is away there", async () => {
    await edit("Hello two\n");
    await bed.client.sh(`rm ${projectPath}/htdocs/gone.txt`);
    const { code, stdout } = await bed.hostout("site deploy");
    expect(code).toBe(0);
    expect(sentBytes(stdout)).toBeLessThan(65_536);
    expect(await page()).toBe("Hello two\n");
    expect((await bed.web1.sh(`ls ${path}/htdocs`)).stdout).toBe("big.bin\nindex.html\n");
  });

  test("what is not verified is taken back by itself, with exit 7, and is never gone back to", async () => {
    const [before, content] = [await current(), await contentOf(bed.web1, `${path}/current`)];
    await edit("broken\n");
    const { code, stdout } = await bed.hostout("site deploy");
    expect([code, stdout]).toEqual([7, expect.stringContaining(`${before} is live again`)]);
    expect(await current()).toBe(before);
    expect(await contentOf(bed.web1, `${path}/current`)).toBe(content);
  });

  test("resume after a failing verify does not take what is served for what was deployed", async () => {
    const before = await current();
    const { code, stdout } = await bed.hostout("resume");
    expect([code, stdout]).toEqual([4, expect.stringContaining("failed its check and was rolled back")]);
    expect([await current(), await page()]).toEqual([before, "Hello two\n"]);
    const { events } = await bed.events("site releases");
    const [failed, served] = endOf(events, "releases")!.value as {
      name: string;
      result: string;
      marks: string[];
    }[];
    expect(failed).toMatchObject({ result: "failed", marks: [] });
    expect(served).toMatchObject({ name: before, result: "ok", marks: ["served"] });
    const refused = await bed.hostout(`site rollback ${failed!.name}`);
    expect([refused.code, refused.stdout]).toEqual([
      4,
      expect.stringContaining("failed, and never becomes live again"),
    ]);
    expect(await current()).toBe(before);
    await edit("Hello three\n");
    await deploy();
    expect(await page()).toBe("Hello three\n");
  });

  test("rollback is a switch without a build, there and back", async () => {
    const three = await current();
    const { code, events } = await bed.events("site rollback");
    expect([code, await page()]).toEqual([0, "Hello two\n"]);
    expect(events.flatMap(({ path: words }) => words ?? [])).not.toContain("buildout");
    expect((await bed.hostout(`site rollback ${three.split("-")[1]}`)).code).toBe(0);
    expect([await current(), await page()]).toEqual([three, "Hello three\n"]);
  });

  test("a dry run of rollback and of pin tells what they would do", async () => {
    const served = await current();
    const { stdout } = await bed.hostout("--dry-run site rollback pin");
    expect(stdout).toMatch(new RegExp(`activate done .*: would switch ${served} -> .*Z-`));
    expect(stdout).toMatch(new RegExp(`pin done .*: would pin ${served}$`, "m"));
    expect(await current()).toBe(served);
  });

  test("a word that several releases fit takes none of them: it says which they are", async () => {
    const before = await current();
    const year = before.slice(0, 4);
    const told = new RegExp(`web1: 2 releases fit '${year}': ${year}\\S+, ${before}$`, "m");
    for (const command of ["rollback", "activate", "pin", "--dry-run activate"]) {
      const { code, stdout } = await bed.hostout(`site ${command} ${year}`);
      expect([command, code, stdout]).toEqual([command, 4, expect.stringMatching(told)]);
    }
    expect(await current()).toBe(before);
  });

  test("drift names a file that was edited on the host, and deploy warns, changed or not", async () => {
    expect((await bed.hostout("site drift")).stdout).toContain("is as it was deployed");
    const served = await current();
    await bed.web1.sh(
      `cd ${path}/current/htdocs && echo by hand >>index.html && echo new >added.html && rm big.bin`,
    );
    const { code, events } = await bed.events("site drift");
    expect([code, endOf(events, "drift")?.value]).toEqual([
      0,
      {
        files: expect.arrayContaining([
          { path: "htdocs/index.html", how: "changed" },
          { path: "htdocs/added.html", how: "added" },
          { path: "htdocs/big.bin", how: "removed" },
        ]),
        hasMoreDrift: false,
      },
    ]);
    expect(endOf((await bed.events("site status")).events, "status")?.value).toMatchObject({
      served,
      driftFiles: 3,
      isHealthy: true,
    });
    const ill = await bed.hostout("'site:verify=grep -q Bye htdocs/index.html' site status");
    expect([ill.code, ill.stdout]).toEqual([
      0,
      expect.stringMatching(/health check: .*grep -q Bye.*\bfails\b/s),
    ]);
    const dry = await bed.events("site:verify=false --dry-run site status");
    expect(endOf(dry.events, "status")?.value).not.toHaveProperty("isHealthy");
    const again = await bed.hostout("site deploy");
    expect(again.stdout).toContain(
      `warning: changed on the host: ${path}/releases/${served}/htdocs/index.html`,
    );
    expect(again.stdout).toContain("is live already");
    await edit("Hello four\n");
    const { stdout } = await bed.hostout("site deploy");
    expect(stdout).toContain(`warning: changed on the host: ${path}/releases/${served}/htdocs/index.html`);
    expect(await page()).toBe("Hello four\n");
    expect((await bed.hostout("site drift")).stdout).toContain("is as it was deployed");
  });

  test("what was edited on the host is not served for what was packaged: it is made anew", async () => {
    const edited = await current();
    await bed.web1.sh(`echo by hand >>${path}/current/htdocs/index.html`);
    await edit("Hello between\n");
    await deploy();
    await edit("Hello four\n");
    const { code, events } = await bed.events("site deploy");
    expect([code, await page(), endOf(events, "uploadbuildout")?.status]).toEqual([0, "Hello four\n", "ok"]);
    expect(await current()).not.toBe(edited);
  });

  test("prepare makes a release and serves nothing; activate serves it", async () => {
    const before = await current();
    await edit("Hello five\n");
    expect((await bed.hostout("site prepare")).code).toBe(0);
    expect([await current(), await page()]).toEqual([before, "Hello four\n"]);
    expect((await bed.hostout("site activate")).code).toBe(0);
    expect([(await current()) === before, await page()]).toEqual([false, "Hello five\n"]);
  });

  test("clean-up keeps what is served, gone back to or pinned, and says of the others why they go", async () => {
    const pinned = await current();
    const [first, again] = [await bed.events("site pin"), await bed.events("site pin")];
    expect([endOf(first.events, "pin")?.status, endOf(again.events, "pin")?.status]).toEqual([
      "ok",
      "unchanged",
    ]);
    await edit("Hello six\n");
    const six = await deploy();
    await edit("Hello seven\n");
    const seven = await deploy();
    // Of those that wait to be activated, the last one stays.
    for (const text of ["Hello eight\n", "Hello nine\n"]) {
      await edit(text);
      expect((await bed.hostout("site prepare")).code).toBe(0);
    }
    const kept = async () =>
      (await bed.web1.sh(`cd ${path}/.hostout/records && ls *.ini`)).stdout
        .replaceAll(".ini", "")
        .trim()
        .split("\n");
    const all = await kept();
    const dry = await bed.hostout("--dry-run site cleanup");
    expect(dry.stdout).toMatch(/would remove .*: prepared, but not among the last 1/);
    expect(dry.stdout).toMatch(/\] ok: would remove \d+, live release: \S+$/m);
    expect(await kept()).toEqual(all);
    const { stdout } = await bed.hostout("site cleanup");
    expect(stdout).toMatch(/remove \/srv\/static\/releases\/.*: prepared, but not among the last 1/);
    const nine = all.at(-1);
    expect(await kept()).toEqual([pinned, six, seven, nine]);
    expect((await bed.hostout("site cleanup")).stdout).toContain("ok, unchanged");
    expect((await bed.hostout(`site pin --off ${pinned}`)).code).toBe(0);
    expect((await bed.hostout("site cleanup")).stdout).toContain(`formerly live, but not among the last 1`);
    expect(await kept()).toEqual([six, seven, nine]);
  });

  test("a folder of the site's own that a link is wanted for later is left alone, and told", async () => {
    await bed.web1.sh("mkdir -p /srv/later/htdocs && echo old >/srv/later/htdocs/index.html");
    const later = (links: string, words: string) =>
      bed.hostout(`"site:path=/srv/later" "site:links=${links}" ${words}`);
    const warning = "[web1] warning: /srv/later/htdocs is no link to the live release";
    expect((await later("bin", "site deploy")).stdout).not.toContain("warning");
    await edit("Hello later\n");
    const { code, stdout } = await later("htdocs", "site deploy");
    expect([code, stdout]).toEqual([0, expect.stringContaining(warning)]);
    expect((await bed.web1.sh("cat /srv/later/htdocs/index.html")).stdout).toBe("old\n");
    await bed.web1.sh("mv /srv/later/htdocs /srv/later/away");
    await edit("Hello linked\n");
    expect((await later("htdocs", "site deploy")).stdout).not.toContain("warning");
    expect((await bed.web1.sh("cat /srv/later/htdocs/index.html")).stdout).toBe("Hello linked\n");
  });

  test("--rebuild makes another release of what is live; options for a build that exists are told to have no effect", async () => {
    const before = await deploy();
    const { code, stdout } = await bed.hostout("site deploy --rebuild");
    const after = await current();
    expect([code, code === 0 ? "" : stdout]).toEqual([0, ""]);
    expect([after === before, after.split("-")[1]]).toEqual([false, before.split("-")[1]]);
    const built = await bed.hostout("-q site package upload buildout -- -N");
    expect([built.code, built.stdout]).toEqual([
      0,
      expect.stringContaining(`warning: ${after} is built already, so -N has no effect`),
    ]);
  });

  test("a file that only its owner may read here is readable for the owner of the site alone; empty folders arrive", async () => {
    await bed.write({ "htdocs/.htpasswd": "me:x\n" });
    await bed.client.sh(`cd ${projectPath}/htdocs && chmod 600 .htpasswd && mkdir upload`);
    const warning =
      ".htpasswd looks like a secret, and goes to the hosts, where the owner of the site may read it";
    const { code, stdout } = await bed.hostout(
      "site:effective-user=www-data site:path=/srv/closed site deploy -q",
    );
    expect([code, stdout]).toEqual([0, expect.stringContaining(warning)]);
    expect(
      (await bed.web1.sh("cd /srv/closed/current/htdocs && stat -c '%a %U' .htpasswd upload")).stdout,
    ).toBe("600 www-data\n755 www-data\n");
    await bed.client.sh(`cd ${projectPath}/htdocs && rmdir upload && rm .htpasswd`);
  });

  test("what keeps a package from being made is told of this machine, with status 2; package asks nobody", async () => {
    await bed.client.sh(`ln -s /etc/hostname ${projectPath}/htdocs/out`);
    const { code, stdout } = await bed.hostout("site deploy");
    await bed.client.sh(`rm ${projectPath}/htdocs/out`);
    expect([code, stdout]).toEqual([
      2,
      expect.stringMatching(
        /no package was made on this machine: \S+\/htdocs\/out is a link to \/etc\/hostname/,
      ),
    ]);
    expect((await bed.hostout("--no-input site:environment=production site package")).code).toBe(0);
  });

  test("`status` and `releases` tell the same as data", async () => {
    const { events: releases } = await bed.events("site releases");
    const { events: status } = await bed.events("site status");
    const list = endOf(releases, "releases")?.value as {
      name: string;
      marks: string[];
      package: string;
      at: string;
    }[];
    const marked = (mark: string) => list.find(({ marks }) => marks.includes(mark))?.name;
    expect(endOf(status, "status")?.value).toMatchObject({
      served: marked("served"),
      previous: marked("previous"),
      driftFiles: 0,
      lastResult: "ok",
    });
    for (const { name, package: hash, at } of list) {
      expect(hash).toMatch(new RegExp(`^${name.split("-")[1]}[0-9a-f]{56}$`));
      expect(Date.parse(at)).toBeGreaterThan(0);
    }
  });
});
