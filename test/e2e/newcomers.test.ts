import { describeDeploys } from "./deploy-bed.ts";

const path = "/srv/new";

describeDeploys(
  "faults that newcomers meet",
  async (bed) => {
    await bed.write({
      "hostout.cfg": `[site]\nhost = web1\npath = ${path}\ninclude = htdocs\nverify = test -s htdocs/index.html\n`,
      "htdocs/index.html": "Hello\n",
    });
  },
  (bed) => {
    test("a dry run tells its plan shortly", async () => {
      const { code, stdout } = await bed.hostout("--dry-run site deploy");
      expect([code, stdout.match(/ include = /g)?.length]).toEqual([0, 1]);
      expect(stdout).not.toContain("not set");
      expect(stdout.split("\n").length).toBeLessThan(50);
    });

    test("run in a folder that does not exist says that first, and no words of the shell", async () => {
      const { code, stdout } = await bed.hostout("site run pwd");
      expect([code, stdout]).toEqual([4, expect.stringContaining(`${path} does not exist`)]);
      expect(stdout).not.toMatch(/cd: /);
    });

    test("root in a folder of another account is refused, with the line to add; that account in a closed var is refused", async () => {
      await bed.web1.sh(`mkdir -p ${path} && chown www-data ${path}`);
      const warned = await bed.hostout("site check");
      expect([warned.code, warned.stdout]).toEqual([
        4,
        expect.stringContaining(`other accounts may write to ${path}`),
      ]);
      expect(warned.stdout).toContain("add to [site]: effective-user = www-data");
      await bed.web1.sh(`mkdir -m 700 ${path}/var`);
      const refused = await bed.hostout("site:effective-user=www-data site check");
      await bed.web1.sh(`rmdir ${path}/var && chown root ${path}`);
      expect([refused.code, refused.stdout]).toEqual([
        4,
        expect.stringContaining(`www-data may not enter ${path}/var`),
      ]);
    });

    test("a start file that reads the input of commands is named", async () => {
      await bed.web1.sh("echo 'read -r answer' >/root/.bashrc");
      const { code, stdout } = await bed.hostout("site deploy");
      await bed.web1.sh("rm /root/.bashrc");
      expect([code, stdout]).toEqual([4, expect.stringContaining("start file of root's login shell")]);
    });

    test("rollback tells only steps that people know", async () => {
      await bed.hostout("site deploy");
      await bed.write({ "htdocs/index.html": "Hello two\n" });
      await bed.hostout("site deploy");
      const { code, stdout } = await bed.hostout("site rollback");
      expect([code, stdout]).toEqual([0, expect.not.stringMatching(/target|meet/)]);
    });

    test("sync --delete refuses a folder that has a site, is one, or is in its store; a folder of its data is synced", async () => {
      await bed.web1.sh(`echo precious >${path}/var/db`);
      for (const folder of [".", "/srv", `${path}/releases`, `${path}/.hostout/records`]) {
        const { code, stdout } = await bed.hostout(`site sync htdocs ${folder} --delete`);
        const message = `--delete would remove releases and data of the site at ${path}`;
        expect([folder, code, stdout]).toEqual([folder, 4, expect.stringContaining(message)]);
      }
      expect((await bed.web1.sh(`cat ${path}/var/db ${path}/current/htdocs/index.html`)).code).toBe(0);
      expect((await bed.hostout("site sync htdocs var/media --delete")).code).toBe(0);
      expect((await bed.web1.sh(`cat ${path}/var/db ${path}/var/media/index.html`)).code).toBe(0);
    });

    test("a site in a release of another site, or in its store, is refused by check and deploy", async () => {
      for (const inner of [`${path}/current/inner`, `${path}/releases/inner`, `${path}/.hostout/inner`])
        for (const command of ["check", "deploy"]) {
          const { code, stdout } = await bed.hostout(`site:path=${inner} site ${command}`);
          const message = `in the releases or the store of the site at ${path}`;
          expect([inner, command, code, stdout]).toEqual([
            inner,
            command,
            4,
            expect.stringContaining(message),
          ]);
        }
      expect((await bed.hostout(`site:path=${path}/var/inner site check`)).code).toBe(0);
    });

    test("two sites with one path on a host are refused together, and lint names them", async () => {
      const site = `host = web1\npath = ${path}\ninclude = htdocs\n`;
      await bed.write({ "twins.cfg": `[one]\n${site}\n[two]\n${site}` });
      const { code, stderr } = await bed.hostout("-c twins.cfg one two deploy");
      expect([code, stderr]).toEqual([2, expect.stringContaining("[two] and [one] have one path on web1")]);
      expect((await bed.hostout("-c twins.cfg one two status")).code).toBe(0);
      const lint = await bed.hostout("-c twins.cfg config lint");
      expect(lint.stdout).toContain("[two] and [one] have one path on web1");
    });

    test("stop alone fails where a line of stop-cmd fails, after all lines", async () => {
      const { code, stdout } = await bed.hostout("'site:stop-cmd=false' site stop");
      expect([code, stdout]).toEqual([4, expect.stringContaining("ended with 1")]);
      expect((await bed.hostout("'site:stop-cmd=false' site deploy --rebuild")).code).toBe(0);
    });
  },
);
