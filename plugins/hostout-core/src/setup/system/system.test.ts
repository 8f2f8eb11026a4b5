import { type Command, shellText } from "@hostout/kit";
import { accountLines, groupLine, memberLine } from "./account-lines.ts";
import { familyOf } from "./family.ts";
import { parseOsRelease } from "./os-release.ts";
import { installLines, packagesFor, type Runtime } from "./package-lines.ts";
import { sudoersFolder, sudoersName, sudoersText } from "./sudoers.ts";

const texts = (lines: readonly Command[]) => lines.map((line) => shellText(line));

test.each([
  [
    "debian",
    'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n',
    "debian",
    "Debian GNU/Linux 12 (bookworm)",
  ],
  ["ubuntu", 'NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\n', "ubuntu debian", "Ubuntu"],
  ["alpine", "NAME='Alpine Linux'\nID=alpine", "alpine", "Alpine Linux"],
  ["rocky", '# a comment\nID="rocky"\nID_LIKE="rhel centos fedora"\n', "rocky rhel centos fedora", "rocky"],
  ["freebsd", 'NAME=FreeBSD\nID=freebsd\nHOME_URL="https://FreeBSD.org/"\n', "freebsd", "FreeBSD"],
  ["a quoted name", 'ID=Odd\nPRETTY_NAME="a \\"b\\" \\$c"', "odd", 'a "b" $c'],
  ["nothing", "", "linux", "linux"],
  ["hostile", 'ID=$(reboot)\nID_LIKE="; debian"\n', "debian", "$(reboot)"],
])("the system of /etc/os-release is read: %s", (_what, text, ids, name) => {
  expect(parseOsRelease(text)).toEqual({ ids: ids.split(" "), name });
});

test("systems have the family of the first system that they are or are like", () => {
  expect(
    ["debian", "ubuntu debian", "rocky rhel centos", "alpine", "freebsd", "arch"].map((ids) =>
      familyOf(ids.split(" ")),
    ),
  ).toEqual(["debian", "debian", "redhat", "alpine", "freebsd", undefined]);
});

test("accounts are made with the command lines of their system, without a password and not locked", () => {
  const account = { name: "zope", home: "/home/zope", group: undefined };
  const inGroup = { ...account, group: "web" };
  expect({
    debian: texts(accountLines("debian", account)),
    redhat: texts(accountLines("redhat", inGroup)),
    alpine: texts(accountLines("alpine", inGroup)),
    freebsd: texts(accountLines("freebsd", inGroup)),
  }).toEqual({
    debian: ["useradd -m -d /home/zope -s /bin/bash -p '*' -U zope"],
    redhat: ["useradd -m -d /home/zope -s /bin/bash -p '*' -g web zope"],
    alpine: ["adduser -D -h /home/zope -s /bin/sh -G web zope", "echo 'zope:*' | chpasswd -e"],
    freebsd: ["pw useradd zope -m -d /home/zope -s /bin/sh -g web -w no"],
  });
});

test("groups have the command lines of their system", () => {
  const families = ["debian", "redhat", "alpine", "freebsd"] as const;
  expect(
    families.map((family) => texts([groupLine(family, "web"), memberLine(family, "zope", "web")])),
  ).toEqual([
    ["groupadd web", "usermod -a -G web zope"],
    ["groupadd web", "usermod -a -G web zope"],
    ["addgroup web", "addgroup zope web"],
    ["pw groupadd web", "pw groupmod web -m zope"],
  ]);
});

test("packages are installed with the command lines of their system, and no question", () => {
  const lines = (family: "debian" | "redhat" | "alpine" | "freebsd", runtime: Runtime) =>
    texts(installLines(family, packagesFor(family, runtime)));
  expect([
    lines("debian", "python"),
    lines("redhat", "node"),
    lines("alpine", "sudo"),
    lines("freebsd", "node"),
  ]).toEqual([
    ["apt-get -q update", "apt-get -q -y --no-install-recommends install python3 python3-venv"],
    ["dnf -q -y install nodejs npm"],
    ["apk -q add sudo"],
    ["pkg install -q -y node npm"],
  ]);
});

test("a drop-in of sudo gives the right to /bin/sh as the accounts of the site, and to no more", () => {
  const rights = { site: "shop", path: "/srv/shop", login: "deploy", becomes: ["zope", "build"], more: [] };
  expect(sudoersText(rights)).toBe(
    `# hostout: site "shop" at "/srv/shop"
# hostout SITE setup writes this file.
Defaults:deploy !requiretty
deploy ALL=(zope, build) NOPASSWD: /bin/sh
`,
  );
  expect(sudoersText({ ...rights, becomes: [] })).toBeUndefined();
  // A line end in the path would begin a rule.
  expect(sudoersText({ ...rights, path: "/srv/a\nALL ALL=(ALL) ALL" })?.split("\n")[1]).toMatch(
    /^# hostout SITE/,
  );
});

test("sudo reads the drop-in of each site: its name has no dot, and no two sites have one", () => {
  const names = ["shop", "shop.example.com", "shop_example_com", "../shop", "a b"].map(sudoersName);
  expect(names.filter((name) => !/^hostout-[\w-]+$/.test(name))).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
  expect([sudoersFolder("debian"), sudoersFolder("freebsd"), sudoersFolder(undefined)]).toEqual([
    "/etc/sudoers.d",
    "/usr/local/etc/sudoers.d",
    "/etc/sudoers.d",
  ]);
});
