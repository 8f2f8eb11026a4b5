import { describeDeploys, projectPath } from "./deploy-bed.ts";

describeDeploys(
  "rights of what hostout makes, whatever the umask is",
  (bed) =>
    bed.write({
      "hostout.cfg": `[site]
host = web1
effective-user = www-data
include = htdocs
start-cmd = true
`,
      "htdocs/index.html": "Hello\n",
    }),
  (bed) => {
    test.each(["000", "077"])(
      "with umask %s nobody but the owner writes, and nobody else reads a secret",
      async (umask) => {
        const path = `/srv/of-${umask}`;
        await bed.web1.sh(`echo umask ${umask} >/root/.bashrc`);
        await bed.client.sh(`cd ${projectPath} && rm -rf .hostout && find . -type f -exec chmod 644 {} +`);
        for (const transport of ["node-ssh", "openssh"]) {
          const words = `site:path=${path} site:transport=${transport} site deploy`;
          const { code, stdout } = await bed.hostout(words, { before: `umask ${umask} && exec` });
          expect([code, code === 0 ? "" : stdout]).toEqual([0, ""]);
          await bed.write({ "htdocs/index.html": `Hello ${transport}\n` });
        }
        const here = await bed.client.sh(
          `cd ${projectPath} && find .hostout -perm /077 -printf '%m %p\\n'; find /tmp -mindepth 1 -name '*hostout*'`,
        );
        expect(here.stdout).toBe("");
        const there = await bed.web1.sh(
          `cd ${path} && find . ! -type l \\( -perm /022 -o ! -user www-data \\) -printf '%m %u %p\\n'; stat -c '%a %n' .hostout current/ current/htdocs current/htdocs/index.html`,
        );
        expect(there.stdout).toBe(
          "750 .hostout\n755 current/\n755 current/htdocs\n644 current/htdocs/index.html\n",
        );
      },
    );
  },
);
