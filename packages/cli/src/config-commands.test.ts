import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { runProgram } from "../../../test/bed/run-program.ts";

// Runs the installed program on a small project.
const bin = join(dirname(import.meta.dirname), "bin", "hostout.js");
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hostout-config-"));
  write("base.cfg", base);
  write("buildout.cfg", buildout);
  chmodSync(join(folder, "base.cfg"), 0o644);
});
afterEach(() => rmSync(folder, { recursive: true }));

const base = `[buildout]
parts = instance
[defaults]
extends = hostout.pushdeploy
user = root
password = \${secrets:pw}
[secrets]
pw = hunter2
[instance]
eggs =
    one
    two
`;
const buildout = `# the project
[buildout]
extends = base.cfg

[instance]
eggs += three
eggs -= one

[first-site]
<= defaults
host = web1
path = /srv/\${:_buildout_section_name_}
url = http://root:\${:password}@web1/
`;

const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
const read = (name: string) => readFileSync(join(folder, name), "utf8");

const hostout = (...words: readonly string[]) =>
  runProgram(process.execPath, [bin, ...words], { cwd: folder, env: { HOME: folder } });

test("config prints the sections that are asked for, as a file would have them", async () => {
  const { code, stdout } = await hostout("config", "instance", "first-site");
  expect(code).toBe(0);
  expect(stdout).toBe(`[instance]
eggs =
    two
    three

[first-site]
extends = hostout.pushdeploy
user = root
password = ***
host = web1
path = /srv/first-site
url = ***

`);
});

test("--annotate tells every line that set, added or took away, and of what section", async () => {
  const { stdout } = await hostout("config", "instance", "first-site", "--annotate");
  expect(stdout).toContain(`eggs =
    two
    three
#  = base.cfg:10     one | two
# += buildout.cfg:6  three
# -= buildout.cfg:7  one
`);
  expect(stdout).toContain("user = root\n#  = base.cfg:5 [defaults]\n");
});

test("--json gives values as data, and sections that do not resolve as faults", async () => {
  write("buildout.cfg", `${buildout}[bad]\nx = \${gone:y}\n`);
  const { code, stdout } = await hostout("config", "--json", "-c", "buildout.cfg", "first-site:path=/srv/x");
  expect(code).toBe(0);
  const sections = JSON.parse(stdout);
  expect(sections.instance).toEqual({ eggs: "two\nthree" });
  expect(sections["first-site"]).toMatchObject({ path: "/srv/x", password: "***", url: "***" });
  // A value that differs from buildout's is named.
  expect(sections.secrets).toEqual({ pw: "***", "!hidden": ["pw"] });
  expect(sections["first-site"]["!hidden"]).toEqual(["password", "url"]);
  expect(sections.bad).toEqual({ "!error": "bad:x refers to the section 'gone', which does not exist" });
});

test("--json alters no value of a section that is no site, whatever the option is called", async () => {
  write("buildout.cfg", `${buildout}[db]\nhost = localhost\npassword = for-the-db\n`);
  expect(JSON.parse((await hostout("config", "db", "--json")).stdout)).toEqual({
    db: { host: "localhost", password: "for-the-db" },
  });
  expect((await hostout("config", "db")).stdout).toContain("password = ***");
});

test("secrets are shown where that is asked for, and nowhere else", async () => {
  for (const words of [
    ["config"],
    ["config", "-a"],
    ["config", "--json"],
    ["config", "--json", "-a"],
    ["config", "diff", "first-site", "instance"],
  ])
    expect([words, (await hostout(...words)).stdout]).toEqual([
      words,
      expect.not.stringContaining("hunter2"),
    ]);
  expect((await hostout("config", "first-site", "--show-secrets")).stdout).toContain("password = hunter2");
  expect((await hostout("config", "get", "secrets:pw")).stdout).toBe("hunter2\n");
});

test("--raw gives what is merged and not resolved", async () => {
  const { stdout } = await hostout("config", "first-site", "--raw", "--json");
  expect(JSON.parse(stdout)["first-site"]).toMatchObject({
    "<": "defaults",
    path: expect.stringContaining("${:_buil"),
  });
});

test("config get prints a value alone, and tells a near name", async () => {
  expect(await hostout("config", "get", "first-site:path")).toEqual({
    code: 0,
    stdout: "/srv/first-site\n",
    stderr: "",
  });
  const { code, stderr } = await hostout("config", "get", "first-site:pth");
  expect([code, stderr]).toEqual([
    2,
    "hostout: [first-site] has no option 'pth'\n  try: Did you mean 'path'?\n",
  ]);
  expect((await hostout("config", "get", "first-ste:path")).stderr).toContain("Did you mean 'first-site'?");
  expect((await hostout("config", "get", "path")).code).toBe(2);
});

test("config set edits a file and leaves all else in it, its mode and its link", async () => {
  chmodSync(join(folder, "buildout.cfg"), 0o640);
  symlinkSync("buildout.cfg", join(folder, "link.cfg"));
  const { code } = await hostout(
    "config",
    "set",
    "link.cfg",
    "instance:eggs+=four",
    "first-site:path=/srv/y",
  );
  expect(code).toBe(0);
  expect(read("buildout.cfg")).toBe(
    buildout
      .replace("eggs += three\n", "eggs += three\n    four\n")
      .replace(/path = .*\n/, "path = /srv/y\n"),
  );
  expect(statSync(join(folder, "buildout.cfg")).mode & 0o777).toBe(0o640);
  expect((await hostout("config", "get", "instance:eggs")).stdout).toBe("two\nthree\nfour\n");
});

test("config set writes nothing in a dry run, and nothing for a wrong line", async () => {
  expect((await hostout("config", "set", "buildout.cfg", "a:b=1", "--dry-run")).stdout).toContain(
    "[a]\nb = 1\n",
  );
  expect((await hostout("config", "set", "buildout.cfg", "a:b=1", "a:b:c=2")).code).toBe(2);
  expect((await hostout("config", "set", "gone.cfg", "a:b=1")).code).toBe(2);
  expect(read("buildout.cfg")).toBe(buildout);
});

test("config diff compares two files, and two sites", async () => {
  write(
    "prod.cfg",
    "[buildout]\nextends = buildout.cfg\n[first-site]\nhost = web9\n[instance]\neggs -= two\n",
  );
  const files = await hostout("config", "diff", "buildout.cfg", "prod.cfg");
  expect(files).toEqual({
    code: 0,
    stderr: "",
    stdout:
      "- buildout.cfg\n+ prod.cfg\n\n[instance]\n  eggs =\n-     two\n\n[first-site]\n- host = web1\n+ host = web9\n",
  });
  write("two.cfg", `${buildout}[another-site]\n<= first-site\nhost = web2\n`);
  const sites = await hostout("config", "diff", "-c", "two.cfg", "first-site", "another-site", "--json");
  expect(JSON.parse(sites.stdout).map(({ option }: { option: string }) => option)).toEqual(["host", "path"]);
  expect((await hostout("config", "diff", "buildout.cfg", "buildout.cfg")).stdout).toBe(
    "buildout.cfg and buildout.cfg say the same\n",
  );
  expect((await hostout("config", "diff", "first-site", "nobody")).code).toBe(2);
});

test("config lint tells what only collective.hostout read", async () => {
  write("buildout.cfg", `${buildout}require-clean = yes\npython-version = 2.7\nhostname = web1\n`);
  const { stdout } = await hostout("config", "lint");
  for (const [name, hint] of [
    ["require-clean", "Check before hostout runs: git diff --quiet HEAD && hostout first-site deploy"],
    ["python-version", "Name an interpreter: python"],
    ["hostname", "Name the host: host = web1.example.com"],
  ])
    expect(stdout).toContain(
      `[first-site] '${name}' was read by collective.hostout; no plugin of the site reads it\n  try: ${hint}\n`,
    );
  expect(stdout).not.toContain("Did you mean");
});

test("config lint tells what is probably not meant, and ends with 2 only for errors", async () => {
  write(
    "buildout.cfg",
    `${buildout}environment = production
pth = /srv
[unused]
x = y # z
    a
\tb
    [c]
eggs+=x
[hostout]
require-confg = true
`,
  );
  const { code, stdout } = await hostout("config", "lint");
  expect(
    stdout.replaceAll(`${folder}/`, ""),
  ).toBe(`buildout.cfg:15: warning: [first-site] no plugin of the site reads 'pth'
  try: Did you mean 'path'?
buildout.cfg:23: warning: [hostout] nothing reads 'require-confg'
  try: Did you mean 'require-config'?
warning: [first-site] is production, and buildout.cfg lets buildout pick versions
  try: Set in [buildout]: allow-picked-versions = false
buildout.cfg:7: warning: [first-site] is production, and no version of two is pinned
  try: Add to [versions]: two = …
buildout.cfg:7: warning: [first-site] is production, and no version of three is pinned
  try: Add to [versions]: three = …
base.cfg:8: warning: the secret secrets:pw stands in a file that others may read
  try: Take it from them: chmod o-r base.cfg; better, leave it out, and it is asked for.
buildout.cfg:17: warning: nothing uses the section [unused]
  try: Name it in parts, extends, <= or a reference, or take it out.
buildout.cfg:17: warning: the text after # belongs to the value of 'x'
  try: A comment stands on a line of its own, in the first column.
buildout.cfg:19: warning: this file indents with tabs and with blanks
  try: Indent with blanks.
buildout.cfg:20: warning: this is text of the value of 'x', and no section
  try: A header begins in the first column.
buildout.cfg:21: warning: zc.buildout reads 'eggs+=' as another option, where it is new
  try: Leave a blank before the operator: name += value
0 errors, 11 warnings
`);
  expect(code).toBe(0);
  expect((await hostout("config", "lint", "--strict")).code).toBe(2);
  write("buildout.cfg", `${buildout}[other-site]\nextends = hostout-core\nhost = \${gone:x}\n`);
  const broken = await hostout("config", "lint", "--json");
  expect(broken.code).toBe(2);
  expect(JSON.parse(broken.stdout)[0]).toMatchObject({ severity: "error", origin: { line: 16 } });
});

test("lines that cannot be read are told all together, as data too", async () => {
  write("buildout.cfg", "[a]\nname: value\n[b c]\n");
  const text = await hostout("config", "lint");
  expect([text.code, text.stdout]).toEqual([2, ""]);
  expect(text.stderr.match(/^also: /gm)).toHaveLength(2);
  const json = await hostout("config", "--json");
  const { error } = JSON.parse(json.stdout);
  expect(error).toMatchObject({ code: "bad-config", kind: "parse-error", line: 2 });
  expect(error.others.map(({ line }: { line: number }) => line)).toEqual([2, 3]);
});

test("require-config refuses a configuration that was only come upon", async () => {
  write("buildout.cfg", `${buildout}[hostout]\nrequire-config = true\n`);
  const { code, stderr } = await hostout("first-site", "run", "true");
  expect([code, stderr]).toEqual([2, expect.stringContaining("says require-config\n  at ")]);
  // With the configuration named, the command goes on to a host that does not exist.
  expect(
    (await hostout("-c", "buildout.cfg", "first-site", "run", "true", "--dry-run")).stderr,
  ).not.toContain("require");
  // A command that contacts no host needs no named configuration.
  expect((await hostout("first-site")).code).toBe(0);
});

test.each([
  ["develop", ""],
  ["auto-checkout", "extensions = mr.developer\n"],
])("config lint refuses development packages in what production builds: %s", async (option, more) => {
  write("dev.cfg", `${buildout}environment = production\nbuildout = prod.cfg\n`);
  write(
    "prod.cfg",
    `[buildout]\nparts =\nallow-picked-versions = false\n${option} = src/one src/two\n${more}`,
  );
  const { code, stdout } = await hostout("-c", "dev.cfg", "config", "lint");
  expect([code, stdout.replaceAll(`${folder}/`, "")]).toEqual([
    2,
    expect.stringContaining(
      "prod.cfg:4: error: [first-site] is production, and prod.cfg has development packages: src/one, src/two",
    ),
  ]);
});

test("config lint reads several files of buildout as one, in which the later overrides", async () => {
  write("dev.cfg", `${buildout}environment = production\nbuildout = base.cfg prod.cfg\n`);
  write("base.cfg", "[buildout]\nparts =\nallow-picked-versions = true\ndevelop = src/one\n");
  write("prod.cfg", "[buildout]\nallow-picked-versions = false\ndevelop =\n");
  const { code, stdout } = await hostout("-c", "dev.cfg", "config", "lint");
  expect([code, stdout]).toEqual([0, expect.not.stringContaining("is production")]);
});

test("production is not touched without --yes where nobody can be asked", async () => {
  write("buildout.cfg", `${buildout}environment = production\n`);
  const { code, stderr, stdout } = await hostout("first-site", "run", "true");
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toBe(
    "hostout: run would act on production: first-site on web1; nobody can be asked\n  try: Add --yes if it is meant.\n",
  );
  const { stdout: sites } = await hostout("sites", "--json");
  expect(JSON.parse(sites).sites).toEqual([
    expect.objectContaining({ name: "first-site", environment: "production", path: "/srv/first-site" }),
  ]);
});

test("user defaults of buildout count, and -U leaves them out", async () => {
  rmSync(join(folder, ".buildout"), { recursive: true, force: true });
  const { mkdirSync } = await import("node:fs");
  mkdirSync(join(folder, ".buildout"));
  write(".buildout/default.cfg", "[instance]\nuser = me\n");
  expect((await hostout("config", "get", "instance:user")).stdout).toBe("me\n");
  expect((await hostout("config", "get", "instance:user", "-U")).code).toBe(2);
  expect((await hostout("-U", "config", "get", "instance:user")).code).toBe(2);
});

test("init adds a site to the file that is there, an ignore file and scripts, and replaces nothing", async () => {
  write(".gitignore", "/parts\n*.pyc");
  const line = ["init", "second-site", "--host", "web2", "--path", "/srv/second", "--scripts"];
  const dry = await hostout(...line, "--dry-run");
  expect([dry.code, read("buildout.cfg"), read(".gitignore")]).toEqual([0, buildout, "/parts\n*.pyc"]);
  const { code, stdout } = await hostout(...line);
  expect(code).toBe(0);
  expect(stdout).toContain("buildout.cfg (lines are added)");
  expect(read("buildout.cfg")).toBe(`${buildout}
[second-site]
extends = hostout.pushdeploy
host = web2
path = /srv/second
`);
  expect(read(".gitignore")).toBe(
    "/parts\n*.pyc\n/bin/*\n!/bin/hostout\n!/bin/second-site\n/eggs\n/develop-eggs\n/var\n/.installed.cfg\n/.mr.developer.cfg\n/.hostout\n",
  );
  expect(statSync(join(folder, "bin", "second-site")).mode & 0o777).toBe(0o755);
  expect((await hostout("second-site")).stdout).toContain("Commands:");
  const before = [read("buildout.cfg"), read(".gitignore")];
  const again = await hostout(...line);
  expect([again.code, again.stderr]).toEqual([
    2,
    expect.stringContaining("there is a section [second-site]"),
  ]);
  // Works also from a folder without a configuration above it.
  symlinkSync(bin, join(folder, "hostout"));
  const elsewhere = await runProgram(join(folder, "bin", "hostout"), ["second-site"], {
    cwd: "/",
    env: { HOME: folder, PATH: `${folder}:${dirname(process.execPath)}:/usr/bin:/bin` },
  });
  expect([elsewhere.code, elsewhere.stdout]).toEqual([0, expect.stringContaining("Commands:")]);
  write("bin/third", "mine\n");
  await hostout("init", "third", "--host", "web3", "--scripts");
  expect(read("bin/third")).toBe("mine\n");
  expect(read("buildout.cfg").startsWith(before[0]!)).toBe(true);
});

test("init names the site in parts where parts name sites, and begins a file where there is none", async () => {
  write(
    "buildout.cfg",
    buildout.replace("extends = base.cfg\n", "extends = base.cfg\nparts += first-site\n"),
  );
  await hostout("init", "second-site", "--host", "web2");
  expect((await hostout("config", "get", "buildout:parts")).stdout).toBe(
    "instance\nfirst-site\nsecond-site\n",
  );
  rmSync(join(folder, "buildout.cfg"));
  expect((await hostout("init", "first-site", "--host", "web1")).code).toBe(0);
  expect(read("hostout.cfg")).toMatch(/^\[first-site\]\nhost = web1\npath = \/srv\/first-site\n/);
});

test("init names the site after the folder, and a login user who is not root has it in the home folder", async () => {
  rmSync(join(folder, "buildout.cfg"));
  write("index.html", "Hello");
  expect((await hostout("init", "--host", "web1", "--user", "deploy")).code).toBe(0);
  const name = basename(folder);
  expect(read("hostout.cfg")).toContain(`[${name}]\nhost = web1\npath = ~/${name}\nuser = deploy\n`);
});

test("a second site by init has no recipe where the configuration is no buildout, and both are sites", async () => {
  rmSync(join(folder, "buildout.cfg"));
  write("hostout.cfg", "");
  for (const name of ["one", "two"]) expect((await hostout("init", name, "--host", "web1")).code).toBe(0);
  expect(read("hostout.cfg")).not.toContain("recipe");
  expect((await hostout("sites")).stdout).toMatch(/^ *one .*\n *two /m);
});

test("where there is no site, hostout says how to add one, and why a section is none", async () => {
  rmSync(join(folder, "buildout.cfg"));
  write("hostout.cfg", "");
  expect((await hostout()).stdout).toContain("  none; add one: hostout init\n");
  expect((await hostout("shop", "deploy")).stderr).toContain("has no site\n  try: Add one: hostout init\n");
  write("hostout.cfg", "[shop]\npath = /srv/shop\n");
  expect((await hostout()).stdout).toContain("  [shop] is not a site: the section names no host\n");
});

test("init takes what is deployed from --kind, and a restart line as the start of the site", async () => {
  rmSync(join(folder, "buildout.cfg"));
  write("index.html", "Hello");
  const restart = "systemctl restart shop";
  const line = ["init", "shop", "--host", "web1", "--kind", "python", "--restart", restart];
  expect((await hostout(...line)).stdout).not.toContain("Nothing starts it yet");
  expect((await hostout("config", "get", "shop:start-cmd")).stdout).toBe(`${restart}\n`);
  expect((await hostout("config", "get", "shop:build-command")).stdout).toBe("python3 -m venv env\n");
  expect((await hostout("init", "stall", "--host", "web1", "--kind", "cobol")).code).toBe(2);
});

test.each([
  [["init"], "init needs the host of the site; nobody can be asked here"],
  [["init", "all", "--host", "web1"], "a site cannot be called 'all'"],
  [["init", "a b", "--host", "web1"], "a site cannot be called 'a b'"],
  [["init", "x", "--host", "web1:x"], "web1:x"],
  [
    ["init", "x", "--host", "web1", "--path", "srv/x"],
    "--path: 'srv/x' is neither absolute nor below a home, as ~/site is\n  try: For example: --path /srv/x",
  ],
  [["init", "first-site", "--host", "web1"], "there is a section [first-site] in buildout.cfg already"],
  [["init", "x", "--host", "web1\n[evil]\nx=1"], "'x=1' is not a host"],
])("%j is refused, and nothing is written", async (words, why) => {
  const { code, stderr } = await hostout(...words);
  expect([code, stderr]).toEqual([2, expect.stringContaining(why)]);
  expect(read("buildout.cfg")).toBe(buildout);
});
