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
  },
);
