import { describeDeploys, endOf, releaseAt } from "./deploy-bed.ts";

const path = "/srv/site";
const config = `[site]
host = web1
user = nosudo
path = ${path}
keep = 1
commands-as = effective
build-command =
    mkdir -p cache/module
    cp page cache/module/page
    chmod -R a-w cache
`;

describeDeploys(
  "what a deploy leaves on a host whose account has no sudo",
  async (bed) => {
    await bed.write({ "hostout.cfg": config });
    await bed.web1.sh(`mkdir ${path} && chown nosudo: ${path}`);
  },
  (bed) => {
    const deploy = async (page: string, words = "") => {
      await bed.write({ page: `${page}\n` });
      return bed.events(`${words} site deploy`);
    };
    const page = async () => (await bed.web1.sh(`cat ${path}/current/page`)).stdout;
    const releases = async () => (await bed.web1.sh(`ls -A ${path}/releases`)).stdout.trim().split("\n");

    test("releases with folders that nobody may write to are removed like others", async () => {
      for (const name of ["one", "two", "three"]) expect((await deploy(name)).code).toBe(0);
      expect(await releases()).toHaveLength(2);
    });

    test("files of other accounts that stay are counted: cleanup fails with their owner, and a deploy warns", async () => {
      const [old] = (await releases()).filter((name) => name !== "");
      await bed.web1.sh(`mkdir ${path}/releases/${old}/logs && echo 1 >${path}/releases/${old}/logs/one`);
      const { code, events } = await deploy("four");
      expect(code).toBe(0);
      expect(endOf(events, "cleanup")).toMatchObject({
        status: "ok",
        note: expect.stringMatching(/^\d removed, 1 could not be removed$/),
      });
      expect(events).toContainEqual(
        expect.objectContaining({
          severity: "warning",
          line: expect.stringContaining("files in it belong to root"),
        }),
      );
      const left = `${path}/releases/.${old}.gone`;
      const { code: failed, stdout } = await bed.hostout("site cleanup");
      expect([failed, stdout]).toEqual([4, expect.stringContaining("1 of 1 could not be removed")]);
      expect(stdout).toContain(`rm -rf ${left}`);
      await bed.web1.sh(`rm -rf ${left}`);
      expect(await bed.hostout("site cleanup")).toMatchObject({ code: 0 });
    });

    test("a deploy after one that root logged in for: the package of root is sent anew, and its files are unreadable, not removed", async () => {
      const rootsFile = async () =>
        (await bed.web1.sh(`cd ${path}/current && readlink -f own.txt`)).stdout.trim();
      await bed.client.sh("cd /srv/project && echo secret >own.txt && chmod 600 own.txt");
      // Root is no owner of it: a link of the owner would lead root elsewhere.
      const refused = await bed.hostout("site:user=root site deploy");
      expect([refused.code, refused.stdout]).toEqual([
        4,
        expect.stringMatching(
          /other accounts may write to \/srv\/site, and could lead root elsewhere by a link/,
        ),
      ]);
      expect((await deploy("of root", "site:user=root site:effective-user=nosudo")).code).toBe(0);
      const file = await rootsFile();
      await bed.web1.sh(
        `cd ${path} && newest=$(ls -t .hostout/packages/*.tar | head -n 1) && chown root: ${file} $newest \${newest%.tar}.index && chmod 600 ${file} $newest`,
      );
      expect((await bed.hostout("site drift")).stdout).toContain(`unreadable: ${file}\n`);
      await bed.web1.sh(`rm ${file}`);
      expect((await bed.hostout("site drift")).stdout).toContain(`removed: ${file}\n`);
      const again = await bed.hostout("site:build-command=true site deploy --rebuild");
      expect([again.code, again.stdout]).toEqual([0, expect.stringContaining("bytes sent")]);
      expect((await deploy("after root")).code).toBe(0);
      expect(await page()).toBe("after root\n");
      const closed = (await bed.web1.sh(`find ${path}/.hostout/packages -user root`)).stdout;
      expect(closed).toBe("");
      await bed.client.sh("rm /srv/project/own.txt");
    });

    test("a build that fills the disk is removed at once, and what is live has room again", async () => {
      const before = await releaseAt(bed.web1, path);
      const fill =
        "'site:build-command=mkdir -p ro && dd if=/dev/zero of=ro/big bs=1M; chmod a-w ro; sync; false'";
      const { code, events } = await deploy("big", fill);
      expect(code).toBe(4);
      expect(events).toContainEqual(
        expect.objectContaining({
          line: "the disk of web1 is full: the release that failed was removed",
        }),
      );
      expect(await releaseAt(bed.web1, path)).toBe(before);
      await bed.web1.sh(
        `head -c 50000000 /dev/zero >${path}/var/log && rm ${path}/var/log; ! ls ${path}/releases/.*.failed`,
      );
      await bed.web1.sh("head -c 1000000000 /dev/zero >/var/fill; true");
      const refused = await bed.hostout("site deploy");
      expect([refused.code, refused.stdout]).toEqual([4, expect.stringContaining("hostout site cleanup")]);
      await bed.web1.sh("rm /var/fill");
    });

    test("a disk without inodes is refused by check", async () => {
      await bed.web1.sh(
        `mkdir /srv/few && mount -t tmpfs -o nr_inodes=3 few /srv/few && chown nosudo: /srv/few`,
      );
      const { code, stdout } = await bed.hostout("site:path=/srv/few/site site package check");
      expect([code, stdout]).toEqual([4, expect.stringMatching(/takes \d more files .* the release has \d/)]);
      await bed.web1.sh("umount /srv/few");
    });

    test("the build of a client that was killed is ended by the next deploy, and what start-cmd started goes on", async () => {
      const server = "'site:start-cmd=sleep 3601 >/dev/null 2>&1 & echo $! >>../../server'";
      expect((await deploy("five", server)).code).toBe(0);
      await bed.write({ page: "slow\n" });
      const killed = bed.hostout(
        "'site:build-command=touch ../../building; sleep 3602; touch ../../next; sleep 3603' site deploy",
        { before: "echo $$ >/tmp/pid; exec" },
      );
      await bed.web1.sh(`while [ ! -e ${path}/building ]; do sleep 0.1; done`);
      await bed.client.sh("kill -9 $(cat /tmp/pid)");
      await killed;
      const { code, events } = await deploy("six");
      expect(code).toBe(0);
      expect(events).toContainEqual(
        expect.objectContaining({
          severity: "warning",
          line: expect.stringMatching(/^hostout ended the build of \S+: its client is gone/),
        }),
      );
      expect(
        (await bed.web1.sh(`ls ${path}/next; pgrep -fx 'sleep 360[23]'`, { mayFail: true })).stdout,
      ).toBe("");
      await bed.web1.sh(`kill $(cat ${path}/server)`);
      expect(await page()).toBe("six\n");
      // What root has left, above, stays.
      expect((await releases()).filter((name) => !name.endsWith(".gone"))).toHaveLength(2);
    });
  },
);
