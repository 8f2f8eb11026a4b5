import { parseFacts } from "../look/facts.ts";
import { changesOf, type FurtherWish } from "./changes.ts";

const wish: FurtherWish = {
  site: "shop",
  path: "/srv/shop",
  login: "shop",
  owner: "zope",
  accounts: ["shop", "zope"],
  members: ["zope"],
  group: "web",
  homes: "/home",
  becomes: ["zope"],
  moreSudoers: [],
  runtime: "node",
  python: undefined,
  archive: undefined,
  commands: [],
  commandsSum: "",
  makesKey: undefined,
};

/** What a host says that has all. */
const whole = `os\tID=debian
account\tshop\t1001\t/home/shop\t/bin/bash\t\tyes
account\tzope\t1002\t/home/zope\t/bin/bash\t\tyes
member\tzope
key\tyes
group\tyes
sudoers\tsame\t
program\tsudo
program\tvisudo
program\tnode
path\tyes
end\tyes`;

const on = (said: string, other: Partial<FurtherWish> = {}) =>
  changesOf({ ...wish, ...other }, parseFacts(said)!);
const kinds = ({ users, runtime, folder }: ReturnType<typeof on>) =>
  [...users, ...runtime, ...folder].map(({ kind }) => kind);

test("a host that has all needs no change", () => {
  expect(on(whole)).toEqual({ faults: [], users: [], runtime: [], folder: [] });
});

test("a bare host needs each change once, in an order in which each is possible", () => {
  expect(kinds(on("os\tID=debian\nsudoers\tnone\t\nend\tyes"))).toEqual(
    "group account account key packages sudoers packages path".split(" "),
  );
});

test.each([
  ["a missing member", "member\tzope\n", "", ["member"]],
  ["a missing key", "key\tyes\n", "", ["key"]],
  ["another drop-in of the site", "same\t", 'other\t# hostout: site "shop" at "/srv/shop"', ["sudoers"]],
  ["a missing folder", "path\tyes\n", "", ["path"]],
  [
    "a missing home of the login user",
    "/home/shop\t/bin/bash\t\tyes",
    "/home/shop\t/bin/bash\t\tno",
    ["home"],
  ],
  ["a missing runtime", "program\tnode\n", "", ["packages"]],
])("%s is one change", (_what, part, instead, expected) => {
  expect(kinds(on(whole.replace(part, instead)))).toEqual(expected);
});

test.each([
  [
    "/home/zope\t/bin/bash",
    "/data/zope\t/bin/bash",
    "the account zope exists with the home /data/zope, and not /home/zope",
  ],
  ["/home/shop\t/bin/bash\t\tyes", "/home/shop\t/bin/bash\tlocked\tyes", "the account shop is locked"],
  ["/home/shop\t/bin/bash\t\tyes", "/home/shop\t/bin/bash\texpired\tyes", "the account shop has expired"],
  ["/home/shop\t/bin/bash\t\tyes", "/home/shop\t/usr/sbin/nologin\t\tyes", "which nobody can log in with"],
  [
    "sudoers\tsame\t",
    "sudoers\tother\tALL ALL=(ALL) ALL",
    "/etc/sudoers.d/hostout-shop is not the file of this site",
  ],
])("a host is refused: %s → %s", (part, instead, fault) => {
  expect(on(whole.replace(part, instead)).faults).toEqual([expect.stringContaining(fault)]);
});

test("an account of the system keeps its own home", () => {
  const said = whole.replace("zope\t1002\t/home/zope", "zope\t33\t/var/www");
  expect(on(said)).toEqual({ faults: [], users: [], runtime: [], folder: [] });
});

test("an unknown system is refused only where its command lines are needed", () => {
  const odd = whole.replace("ID=debian", "ID=odd");
  expect(on(odd).faults).toEqual([]);
  expect(on(odd.replace(/^account\tshop.*\n/m, "")).faults).toEqual([
    "setup does not know the command lines of odd: name a system that is like it, such as hostos = debian",
  ]);
});

test("command lines of the site take the place of packages, until they have run", () => {
  const commands = ["sh install"];
  const bare = whole.replace("program\tnode\n", "");
  expect(kinds(on(bare, { commands }))).toEqual(["commands"]);
  expect(kinds(on(`commands\tyes\n${bare}`, { commands }))).toEqual([]);
});

test("an answer without its end is none", () => {
  expect(parseFacts('Please login as the user "debian" rather than the user "root".')).toBeUndefined();
});
