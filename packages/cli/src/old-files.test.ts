import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lintProject } from "./config/lint.ts";
import { idleFindings } from "./config/site-findings.ts";
import { routeLine } from "./line/route-line.ts";
import { openProject } from "./project/project.ts";

// Messages about files and command lines of collective.hostout, without a host.
const folder = mkdtempSync(join(tmpdir(), "hostout-old-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, "buildout.cfg");
const open = (text: string) => {
  writeFileSync(file, text);
  return openProject(file, { userDefaults: false });
};
const lint = async (text: string) =>
  (await lintProject(await open(text))).map(({ message, hint, origin }) => [message, hint, origin?.line]);
const load = async (text: string, name = "live") => {
  const project = await open(text);
  return project.load(project.sites.get(name)!);
};
const route = (...argv: string[]) => routeLine(argv, { environment: { HOME: folder }, folder });
const recipe = "[buildout]\nparts =\n[live]\nrecipe = collective.hostout\nhost = web1\n";

test.each([
  ["no-sudo = true", "Let the owner of the site run its command lines: commands-as = effective"],
  [
    "tunnel = true",
    "hostout opens no tunnel to an index: put the packages on the host, and name the folder: buildout-cache",
  ],
  ["require-clean = true", "Check before hostout runs: git diff --quiet HEAD && hostout live deploy"],
  ["versions = pins", "Name the section in the file that is built: [buildout] versions = NAME"],
  ["hostname = web1", "Name the host: host = web1.example.com"],
  ["dist_dir = dist", "Packages are in .hostout beside the configuration: take the option out."],
  ["python-path = /opt/py", "Name the interpreter itself: python = /opt/python/bin/python"],
  ["python-prefix = /opt/py", "Name the interpreter itself: python = /opt/python/bin/python"],
  [
    "force-python-compile = true",
    "hostout installs no Python: install one on the host, then name it: python",
  ],
  ["hostimage = ubuntu", "hostout creates no hosts: create the host, then name it: host = web1.example.com"],
  ["hosttype = ec2", "hostout creates no hosts: create the host, then name it: host = web1.example.com"],
  ["eggs = collective.hostout[docker]", "hostout is not a Python package: take the option out."],
  [
    "supervisor = supervisor",
    "hostout runs bin/supervisord and bin/supervisorctl of the buildout. Other command lines: start-cmd, stop-cmd",
  ],
  ["init.d = true", "Let systemd start the site: plugins = hostout-systemd, and service = COMMAND"],
  ["rollingrestart = true", "Deploy to one host after the other: hostout live deploy --batch 1"],
  ["buildout-password = x", "The login user becomes buildout-user with sudo: take the option out."],
])("lint says of '%s' what to write instead, with its line", async (line, hint) => {
  const name = line.split(" ")[0];
  expect(await lint(`${recipe}${line}\n`)).toContainEqual([
    `[live] '${name}' was read by collective.hostout; no plugin of the site reads it`,
    hint,
    6,
  ]);
});

test("key_filename and identity_file are old names of identity-file", async () => {
  for (const name of ["key_filename", "identity_file"])
    expect(await lint(`${recipe}${name} = ~/.ssh/id\n`)).toContainEqual([
      `[live] '${name}' is an old name`,
      "Write 'identity-file'.",
      6,
    ]);
});

test.each([
  "hostout.supervisor",
  "hostout.cloud",
  "hostout.plone",
  "collective.hostout:mrdeveloper",
  "collective.hostout.datafs",
  "hostout.ubuntu",
])(
  "a site with the plugin '%s' of collective.hostout loads without it, and lint names what does its work",
  async (word) => {
    const text = `${recipe}extends = ${word}\n`;
    expect((await load(text)).plugins.map(({ plugin }) => plugin.name)).toEqual(["hostout-core"]);
    const found = await lint(text);
    expect(found).toContainEqual([
      `[live] '${word}' is a plugin of collective.hostout, in Python: the site goes without it`,
      expect.any(String),
      6,
    ]);
    expect(JSON.stringify(found)).not.toContain("npm");
  },
);

test("no package is to be installed whose name nobody is known to own", async () => {
  for (const [word, hint] of [
    ["hostout.pushdeplo", "Did you mean 'hostout-pushdeploy'?"],
    [
      "hostout.company",
      "A plugin of collective.hostout, in Python, does not run here: write its commands as a task file: tasks = ./tasks.ts",
    ],
  ])
    await expect(load(`${recipe}extends = ${word}\n`)).rejects.toMatchObject({
      code: "plugin-missing",
      hint,
    });
});

test.each(["./x.js", "lib/x.ts", "../x.mjs"])(
  "the file '%s' among plugins is sent to tasks",
  async (word) => {
    await expect(load(`${recipe}plugins = ${word}\n`)).rejects.toMatchObject({
      message: `[live] '${word}' is a file, and plugins are packages`,
      hint: `Write: tasks = ${word}`,
    });
  },
);

test("a fabfile in Python is refused with the commands that it defines, and with a task file for them", async () => {
  writeFileSync(
    join(folder, "fabfile.py"),
    "from fabric import api\ndef echo(line):\n    def inner(): pass\ndef _helper(): pass\ndef predeploy():\n    api.env.superfun()\n",
  );
  await expect(load(`${recipe}fabfiles = fabfile.py\n`)).rejects.toMatchObject({
    message: `[live] ${join(folder, "fabfile.py")} is a fabfile in Python that defines echo, predeploy`,
    hint: expect.stringMatching(
      /^Write fabfile\.ts, name it in tasks, .*definePlugin\(\{ name: "tasks", commands: \{ echo: \{ async run.*, predeploy: /,
    ),
  });
});

test.each([
  ["cmd", "Run a command line: hostout live run LINE"],
  ["sudobuildout", "Name the parts that root builds: sudo-parts"],
  ["setowners", "Each deploy sets the owners of what it makes."],
  ["precommands", "Each deploy runs the lines of pre-commands."],
  ["supervisorctl", "Run it on the host: hostout live run bin/supervisorctl status"],
  ["fsbackup", "Fetch the data: hostout live pull, with plugins = hostout-pushdeploy"],
  ["create", "hostout creates no hosts."],
  ["hotfix", "Package the files with the release, then deploy: include = products"],
  ["copy_key", "Let your key log in: hostout live bootstrap_users"],
  ["dockerbuild", "hostout builds no images."],
])("the old command '%s' is refused with what does its work", async (word, hint) => {
  writeFileSync(file, recipe);
  await expect(route("live", word)).rejects.toMatchObject({ code: "unknown-command", hint });
});

test("an assignment behind the command is refused with the right line", async () => {
  writeFileSync(file, recipe);
  for (const command of ["deploy", "activate"])
    await expect(route("live", command, "live:path=/srv/x")).rejects.toMatchObject({
      message: `'live:path=/srv/x' sets an option of a site, and stands behind the command ${command}`,
      hint: `Write it before the command: hostout live live:path=/srv/x ${command}`,
    });
  expect((await route("live", "run", "live:path=/srv/x")).commands[0]!.words).toEqual(["live:path=/srv/x"]);
});

test.each(["host", "user", "extends"])("a comment behind the value of %s is refused", async (name) => {
  const text = recipe.replace("host = web1\n", name === "host" ? "" : "host = web1\n");
  await expect(load(`${text}${name} = # as you like\n`)).rejects.toMatchObject({
    message: `[live] ${name}: the comment after # belongs to the value`,
    hint: "Write the comment on a line of its own, with # in the first column.",
  });
});

test("an empty buildout is refused", async () => {
  expect(await lint(`${recipe}buildout =\n`)).toContainEqual([
    "[live] buildout: no file is named",
    "For example: buildout = production.cfg",
    6,
  ]);
});

test("a site without path is warned of, but for the recipe, which had a default", async () => {
  const sentence = "[live] has no path: releases go to the folder buildout in the home of zope";
  const site = "[live]\nhost = web1\neffective-user = zope\n";
  expect(await lint(site)).toContainEqual([sentence, "Name a folder of its own: path = /srv/live", 1]);
  expect(await lint(recipe)).toEqual([]);
});

const groups = `[hostout]
groups = front
[front]
sites = live
command-timeout = 5s
restart = true
port = 80
[live]
host = web1
path = /srv/live
restart = systemctl restart live
data = var
log = \${:data}/log
`;

test("lint warns of options that have no effect where they stand: of groups, of [hostout], of plugins that the site lacks", async () => {
  expect(await lint(groups)).toEqual([
    [
      "[live] 'restart' has no effect: its plugin hostout-pushdeploy is not one of the site's plugins",
      "Add the plugin: plugins = hostout-pushdeploy. Or take the option out.",
      11,
    ],
    [
      "[front] 'command-timeout' has no effect: a group sets no options of its sites",
      "Move it to the sites (live), or to a section that they take with <=.",
      5,
    ],
    ["[hostout] nothing reads 'groups'", "Write each group as a section: [NAME] with sites = …", 2],
  ]);
});

test("a run warns of them too, of the groups that it selects", async () => {
  writeFileSync(join(folder, "hostout.cfg"), groups);
  const { project, sites, ...line } = await route("-c", "hostout.cfg", "front", "check");
  const found = (await idleFindings(project, sites, line)).map(({ origin }) => origin?.line);
  expect(found).toEqual([11, 5, 2]);
  const alone = await idleFindings(project, sites, { ...line, siteWords: ["live"] });
  expect(alone.map(({ origin }) => origin?.line)).toEqual([11, 2]);
});

test("lint warns of command lines that the deploy of hostout-pushdeploy does not run", async () => {
  const text = `${recipe}extends = hostout.pushdeploy\nrestart = true\npost-commands = bin/supervisord\n`;
  expect(await lint(text)).toEqual([
    [
      "[live] 'post-commands' has no effect: the deploy of hostout-pushdeploy is push and restart",
      "Write what restarts the site: restart = supervisorctl restart live:*",
      8,
    ],
  ]);
});

test("a hostout.cfg beside a buildout.cfg with sites is warned of, in lint and at a run", async () => {
  writeFileSync(file, recipe);
  writeFileSync(join(folder, "hostout.cfg"), "[other]\nhost = web2\npath = /srv/other\n");
  const warning = {
    severity: "warning",
    message: "hostout.cfg is read, and not the buildout.cfg beside it, which has the site live",
    origin: { file, line: 0 },
    hint: "Name the file that is meant: hostout -c buildout.cfg. Or remove hostout.cfg.",
  };
  const { project, sites, ...line } = await route("other", "check");
  expect(await idleFindings(project, sites, line)).toEqual([warning]);
  expect(await idleFindings(project, sites, { ...line, isNamed: true })).toEqual([]);
  expect(await lintProject(project)).toEqual([warning]);
  writeFileSync(join(folder, "hostout.cfg"), "[buildout]\nextends = buildout.cfg\n");
  expect(await lintProject(await openProject(join(folder, "hostout.cfg")))).toEqual([]);
});
