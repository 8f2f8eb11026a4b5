import { whyNoBed } from "../bed/bed.ts";
import type { BedHost } from "../bed/bed-host.ts";
import { describeUnless } from "../bed/describe-with.ts";
import { type DeployBed, endOf, root, startDeployBed } from "./deploy-bed.ts";

/** A site whose accounts no host has. */
const cfg = (more = "") => `[shop]
host = web1
user = shop
effective-user = shopowner
buildout-group = shopgroup
path = /srv/shop
verify = test -e index.html
commands-as = effective
${more}
`;

/** Takes all that a test made from a host. */
async function clean(host: BedHost): Promise<void> {
  await host.sh(
    "for u in shop shopowner; do userdel -r $u; groupdel $u; done 2>/dev/null; groupdel shopgroup 2>/dev/null; rm -rf /srv/shop /etc/sudoers.d/hostout-* /home/shop /home/shopowner",
    { mayFail: true },
  );
}

describeUnless(whyNoBed(), "setup", () => {
  let bed: DeployBed;
  beforeAll(async () => {
    bed = await startDeployBed();
    await bed.write({ "hostout.cfg": cfg(), "index.html": "<h1>Hello</h1>\n" });
  });
  afterAll(() => bed?.stop());
  afterEach(() => clean(bed.web1));

  test("a bare host gets accounts, a key and rights, and then takes a deploy", async () => {
    const plan = await bed.hostout("shop setup --dry-run");
    expect(plan).toMatchObject({ code: 0 });
    for (const line of [
      "make the group shopgroup",
      "make the account shop with the home /home/shop, without a password",
      "make the account shopowner with the home /home/shopowner and the group shopgroup, without a password",
      "let shop log in with the key of this machine",
      "write /etc/sudoers.d/hostout-shop: Defaults:shop !requiretty; shop ALL=(shopowner) NOPASSWD: /bin/sh",
      "make /srv/shop for shopowner",
    ])
      expect(plan.stdout).toContain(`- ${line}\n`);
    await bed.web1.sh("! id shop && ! test -e /etc/sudoers.d/hostout-shop && ! test -e /srv/shop");

    const unasked = await bed.hostout("shop setup");
    expect(unasked).toMatchObject({
      code: 2,
      stdout: expect.stringContaining("try: If they are meant: hostout shop setup --yes"),
    });
    await bed.web1.sh("! id shop");

    expect(await bed.hostout("shop setup --yes")).toMatchObject({ code: 0 });
    const { stdout } = await bed.web1.sh(
      "id -un shop; id -gn shopowner; stat -c '%a %U %n' /home/shop/.ssh /home/shop/.ssh/authorized_keys /etc/sudoers.d/hostout-shop /srv/shop; visudo -c -f /etc/sudoers.d/hostout-shop; ls -A /etc/sudoers.d",
    );
    expect(stdout.split("\n")).toEqual([
      "shop",
      "shopgroup",
      "700 shop /home/shop/.ssh",
      "600 shop /home/shop/.ssh/authorized_keys",
      "440 root /etc/sudoers.d/hostout-shop",
      "755 shopowner /srv/shop",
      "/etc/sudoers.d/hostout-shop: parsed OK",
      "README",
      "bed",
      "hostout-shop",
      "",
    ]);

    expect(await bed.hostout("shop deploy")).toMatchObject({ code: 0 });
    for (let times = 0; times < 2; times++) {
      const { code, events } = await bed.events("shop setup");
      expect([code, endOf(events, "setup")?.status]).toEqual([0, "unchanged"]);
    }
    expect((await bed.web1.sh("grep -c ^ssh- /home/shop/.ssh/authorized_keys")).stdout).toBe("1\n");
  });

  /** Runs setup in a terminal: each question with a part gets its answer. Returns what the terminal showed, too. */
  async function answering(answers: Readonly<Record<string, string>>, words: string) {
    const given = Object.entries(answers).map(([part, answer]) => `'${part}=${answer}'`);
    const { code, stdout } = await bed.hostout(words, {
      before: `exec python3 ${root}/test/bed/answer.py ${given.join(" ")} --`,
    });
    const asked = (part: string) => stdout.split(part).length - 1;
    return { code, stdout, asked };
  }

  /** Lets a host take passwords alone, for a test. */
  async function withoutKeys(account: string, work: () => Promise<void>): Promise<void> {
    const file = `$(eval echo ~${account})/.ssh/authorized_keys`;
    await bed.web1.sh(`mv ${file} ${file}.away; echo ${account}:s3cret-word | chpasswd`);
    try {
      await work();
    } finally {
      await bed.web1.sh(`mv ${file}.away ${file}; usermod -p '*' ${account}`);
    }
  }

  test("root's password is asked for once, and never again", async () => {
    await withoutKeys("root", async () => {
      const refused = await bed.hostout("shop setup --yes");
      expect(refused).toMatchObject({ code: 6, stdout: expect.stringContaining("setup-user = ubuntu") });

      const first = await answering(
        { "Password of root@web1": "s3cret-word", "[yes/no]": "yes" },
        "shop setup",
      );
      expect([first.code, first.asked("Password of ")]).toEqual([0, 1]);
      expect(first.stdout).toContain("shop cannot log in with a key yet; setup logs in as root");

      const second = await answering({}, "shop setup");
      expect([second.code, second.asked("Password of ")]).toEqual([0, 0]);
    });
  });

  test("a sudoer types one password: for the login, and for sudo", async () => {
    await withoutKeys("admin", async () => {
      const { code, asked } = await answering(
        { "Password of admin@web1": "s3cret-word", "[yes/no]": "yes" },
        "shop:setup-user=admin shop setup",
      );
      expect([code, asked("Password of ")]).toEqual([0, 1]);
    });
    await bed.web1.sh("echo admin:admin | chpasswd");
    await clean(bed.web1);
    const { code, asked } = await answering(
      { "Password of admin for sudo": "admin", "[yes/no]": "yes" },
      "shop:setup-user=admin shop setup",
    );
    expect([code, asked("Password of ")]).toEqual([0, 1]);
  });

  test("a cloud image, where root's key only names another user, is set up by that user", async () => {
    const keys = "/root/.ssh/authorized_keys";
    await bed.web1.sh(
      `cp ${keys} ${keys}.away; sed -i 's/^/command="echo Please login as the user deploy rather than the user root.; exit 142" /' ${keys}`,
    );
    const refused = await bed.hostout("shop setup --yes");
    const { code } = await bed.hostout("shop:setup-user=deploy shop setup --yes");
    await bed.web1.sh(`mv ${keys}.away ${keys}`);
    expect([refused.code, code]).toEqual([4, 0]);
    expect(refused.stdout).toContain("Please login as the user deploy");
    expect(refused.stdout).toContain("try: Let setup log in as that account: setup-user = deploy\n");
  });

  test("a site that logs in as root gets its owner, and no rights by sudo", async () => {
    const words = "shop:user=root shop setup";
    expect(await bed.hostout(`${words} --yes`)).toMatchObject({ code: 0 });
    await bed.web1.sh("id shopowner && ! id shop && ! test -e /etc/sudoers.d/hostout-shop");
    const { events } = await bed.events(words);
    expect(endOf(events, "setup")?.status).toBe("unchanged");
  });

  test("the system's ssh sets a host up too", async () => {
    const words = "shop:transport=openssh shop setup";
    expect(await bed.hostout(`${words} --yes`)).toMatchObject({ code: 0 });
    const { events } = await bed.events(words);
    expect(endOf(events, "setup")?.status).toBe("unchanged");
  });

  test("check and deploy name the command that prepares a host", async () => {
    for (const command of ["check", "deploy"]) {
      const { code, stdout } = await bed.hostout(`shop ${command}`);
      expect([code, stdout]).toEqual([
        2,
        expect.stringContaining("try: Prepare a bare host: hostout shop setup."),
      ]);
    }
  });

  test("a key is made on this machine where the site has none", async () => {
    const { code } = await bed.hostout("shop:identity-file=/root/keys/shop shop setup --yes");
    const { stdout } = await bed.client.sh("stat -c %a /root/keys /root/keys/shop; cat /root/keys/shop.pub");
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^700\n600\nssh-ed25519 \S+ hostout project\n$/),
    ]);
    const { events } = await bed.events("shop:identity-file=/root/keys/shop shop setup");
    expect(endOf(events, "setup")?.status).toBe("unchanged");
  });

  test.each([
    [
      "a user with another home",
      "useradd -m -d /opt/shop shop",
      "",
      "the account shop exists with the home /opt/shop, and not /home/shop",
    ],
    [
      "a locked account",
      "useradd -m shop; echo shop:x | chpasswd; usermod -L shop",
      "",
      "the account shop is locked",
    ],
    [
      "a key that others may read",
      "true",
      "shop:identity-file=/root/open",
      "other accounts of this machine may read the private key /root/open (mode 0644)",
    ],
    ["an invalid drop-in", "true", "'shop:setup-sudoers=shop ALL=(ALL'", "visudo refuses the drop-in"],
    [
      "a home that others may write to",
      "useradd -m shop; chmod 777 /home/shop",
      "",
      "other accounts may write to the home /home/shop",
    ],
    [
      "keys that are a link",
      "useradd -m shop; install -d -o shop -m 700 /home/shop/.ssh; ln -s /etc/passwd /home/shop/.ssh/authorized_keys",
      "",
      "authorized_keys is a link",
    ],
  ])("%s is refused in one sentence", async (_what, before, assigned, message) => {
    await bed.client.sh("install -m 644 .ssh/id_ed25519 /root/open");
    await bed.web1.sh(before);
    const { code, stdout } = await bed.hostout(`${assigned} shop setup --yes`);
    expect([code, stdout]).toEqual([4, expect.stringContaining(message)]);
    // Nothing half done.
    const left = "ls -A /etc/sudoers.d; find /etc /home /opt -name '.hostout*'";
    expect((await bed.web1.sh(left)).stdout).toBe("README\nbed\n");
  });

  test("a full disk leaves the keys and drop-ins of before", async () => {
    await bed.hostout("shop:setup-root=true shop setup --yes");
    await bed.web1.sh(
      "echo '# mine' >/home/shop/.ssh/authorized_keys; cp -r /etc/sudoers.d /run/before; chown shop: /home/shop/.ssh/*",
    );
    await bed.web1.fault("full");
    const { code, stdout } = await bed.hostout("shop setup --yes");
    await bed.web1.fault("free");
    expect([code, stdout]).toEqual([4, expect.stringMatching(/No space left|full/)]);
    await bed.web1.sh("diff -r /run/before /etc/sudoers.d; rm -r /run/before");
    expect((await bed.web1.sh("ls -A /home/shop/.ssh; cat /home/shop/.ssh/authorized_keys")).stdout).toBe(
      "authorized_keys\n# mine\n",
    );
    expect(await bed.hostout("shop setup --yes")).toMatchObject({ code: 0 });
  });

  test("a command of the site for the host's system takes the place of a part, and logs in as it likes", async () => {
    const { stdout: id } = await bed.web1.sh(". /etc/os-release; printf %s $ID");
    await bed.write({
      "hostout.cfg": cfg("bootstrap-command = true\ntasks = tasks.ts"),
      "tasks.ts": `import { definePlugin } from "@hostout/kit";
export const plugin = definePlugin({
  name: "tasks",
  commands: {
    bootstrap_python_${id}: {
      summary: "Install our own Python",
      run: async ({ loginAs }) => void (await loginAs({ user: "root" }).run(["touch", "/run/own-runtime"])),
    },
  },
});
`,
    });
    const { code } = await bed.hostout("shop setup --yes");
    await bed.write({ "hostout.cfg": cfg() });
    expect(code).toBe(0);
    await bed.web1.sh("test -e /run/own-runtime && ! test -e /var/lib/hostout/hostout-shop");
  });

  test("the lines of bootstrap-command run once, as root, and again after a change", async () => {
    const run = (line: string) => bed.hostout(`'shop:bootstrap-command=${line}' shop setup --yes`);
    for (let times = 0; times < 2; times++)
      expect(await run("id -un >>/root/ran")).toMatchObject({ code: 0 });
    expect((await bed.web1.sh("cat /root/ran")).stdout).toBe("root\n");
    await run("id -un >>/root/ran; true");
    expect((await bed.web1.sh("cat /root/ran")).stdout).toBe("root\nroot\n");
  });

  test("missing programs are installed from the packages of the system", async () => {
    await bed.web1.sh(
      "mkdir -p /root/away && mv /usr/bin/sudo /usr/sbin/visudo /root/away && mv /usr/bin/apt-get /root/away/ && printf '#!/bin/sh\necho \"$DEBIAN_FRONTEND $*\" >>/root/apt; case $* in *install*) cp -p /root/away/sudo /usr/bin; cp -p /root/away/visudo /usr/sbin;; esac\n' >/usr/bin/apt-get && chmod 755 /usr/bin/apt-get",
    );
    const { code } = await bed.hostout("shop setup --yes");
    await bed.web1.sh("mv -f /root/away/* /usr/bin; mv /usr/bin/visudo /usr/sbin; true");
    expect(code).toBe(0);
    expect((await bed.web1.sh("cat /root/apt")).stdout).toBe(
      "noninteractive -q update\nnoninteractive -q -y --no-install-recommends install sudo\n",
    );
  });

  test("Node comes from an archive with the hash of the configuration, and from no other", async () => {
    await bed.client.sh(
      "mkdir -p /srv/www/node-v1/bin && printf '#!/bin/sh\\necho v1\\n' >/srv/www/node-v1/bin/node && chmod 755 /srv/www/node-v1/bin/node && tar -czf /srv/www/node.tgz -C /srv/www node-v1",
    );
    await bed.client.sh(
      "cd /srv/www && { python3 -m http.server 8099 >/dev/null 2>&1 & echo $! >/run/www; } && sleep 1",
    );
    const { stdout: sum } = await bed.client.sh("sha256sum </srv/www/node.tgz | cut -c 1-64");
    await bed.write({
      "hostout.cfg": cfg("build-command = true"),
      "package.json": "{}\n",
    });
    const run = (hash: string) =>
      bed.hostout(`'shop:node-archive=http://127.0.0.1:8099/node.tgz#sha256=${hash}' shop setup --yes`);
    const away = "mkdir -p /root/node && mv $(command -v node) /root/node";
    await bed.web1.sh(`while hash -r; command -v node >/dev/null; do ${away}; done`);
    const [wrong, right] = [await run("0".repeat(64)), await run(sum.trim())];
    const { stdout: version } = await bed.web1.sh("node; ls -A /var/tmp /usr/local/lib/hostout", {
      mayFail: true,
    });
    await bed.client.sh("kill $(cat /run/www); rm /srv/project/package.json");
    await bed.write({ "hostout.cfg": cfg() });
    expect(wrong).toMatchObject({ code: 4, stdout: expect.stringContaining("no host gets it") });
    expect(right).toMatchObject({ code: 0 });
    expect(version).toBe(`v1\n/usr/local/lib/hostout:\nnode-${sum.trim()}\n\n/var/tmp:\n`);
  });
});
