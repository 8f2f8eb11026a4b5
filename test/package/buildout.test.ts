import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { PackageSettings } from "../../packages/packaging/src/make-package.ts";
import { describeUnless, lacks } from "../bed/describe-with.ts";
import { make, namesIn, newFolder, python, pythonSite, run, textIn, write } from "./package-bed.ts";

let folder: string;
beforeEach(() => {
  folder = newFolder();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A project in a folder of its own, so that there is a folder outside it that is the test's. */
const project = () => join(folder, "project");

test("a buildout has the files that it extends, and what is generated", async () => {
  write(project(), {
    "buildout.cfg": "[buildout]\nextends = conf/base.cfg\noptional-extends = local.cfg none.cfg\n",
    "conf/base.cfg": "[buildout]\nextends = more.cfg\n",
    "conf/more.cfg": "[buildout]\nparts =\n",
    "local.cfg": "",
    "unrelated.txt": "",
  });
  const made = await make(project());
  expect(made.kind).toBe("buildout");
  expect(namesIn(made.file)).toEqual([
    "buildout.cfg",
    "conf/base.cfg",
    "conf/more.cfg",
    "hostout-package.ini",
    "hostout-release.cfg",
    "hostoutversions.cfg",
    "local.cfg",
  ]);
  expect(textIn(made.file, "hostout-release.cfg")).toBe(
    "[buildout]\nextends = buildout.cfg hostoutversions.cfg\ndevelop =\nversions = versions\nfind-links += ${buildout:directory}/dist\n",
  );
});

test("sites among the parts, as collective.hostout had them, are not built: hostout is no recipe", async () => {
  const release = async (parts: string) => {
    write(project(), {
      "buildout.cfg": `[buildout]\nparts = ${parts}\n[defaults]\nrecipe = collective.hostout\n[one]\n<= defaults\nhost = a\n[two]\nrecipe = collective.recipe.hostout\nhost = b\n[three]\nhost = c\n[app]\nrecipe = made\n`,
    });
    return textIn((await make(project())).file, "hostout-release.cfg");
  };
  expect(await release("one app two three gone")).toContain("\nparts = app gone\n");
  expect(await release("one")).toContain("\nparts =\n");
  expect(await release("app")).not.toContain("parts");
});

test.each([
  ["directory = /srv/site", "directory = /srv/site"],
  ["bin-directory = ${:directory}/../bin", "bin-directory = "],
  ["parts-directory = /var/parts", "parts-directory = /var/parts"],
  ["installed = ../.installed.cfg", "installed = ../.installed.cfg"],
])("what would be built outside of the release is refused: %s", async (line, told) => {
  write(project(), { "buildout.cfg": `[buildout]\nparts =\n${line}\n` });
  await expect(make(project())).rejects.toMatchObject({
    code: "bad-option",
    message: expect.stringMatching(`^\\[buildout\\] ${told}.* is not in the release`),
    origin: expect.objectContaining({ line: 3 }),
  });
});

test("a buildout may have its folders where it likes below its own", async () => {
  write(project(), {
    "buildout.cfg":
      "[buildout]\nparts =\ndirectory = .\nbin-directory = ${buildout:directory}/deep/bin\nparts-directory = etc\n",
  });
  expect((await make(project())).kind).toBe("buildout");
});

test("a file to build that the site names has to be there: it is not served unbuilt", async () => {
  write(project(), { "buildout.cfg": "[first-site]\nhost = a\nbuildout = prod.cfg\n" });
  const origin = { file: "/p/buildout.cfg", line: 3 };
  const origins = { buildout: origin };
  await expect(make(project(), { buildout: "prod.cfg", origins })).rejects.toMatchObject({
    code: "bad-option",
    message: "buildout = prod.cfg does not exist",
    origin,
  });
});

test("a file in a subfolder is built in the folder of the release, with what lies beside it and below the project", async () => {
  write(project(), {
    "buildout.cfg": "[first-site]\nhost = a\nbuildout = config/prod.cfg\n",
    "config/prod.cfg":
      "[buildout]\nextends = base.cfg\ndevelop = ../src/example\nparts = app\n[app]\nrecipe = made\nplace = ${buildout:directory}\n",
    "config/base.cfg": "[versions]\nOther = 1.0\n",
    "src/example/setup.py": pythonSite["src/example/setup.py"],
    "src/example/example/__init__.py": "",
  });
  const made = await make(project(), { buildout: "config/prod.cfg" });
  expect(made.kind).toBe("buildout");
  expect(namesIn(made.file)).toEqual(expect.arrayContaining(["config/base.cfg", "config/prod.cfg"]));
  expect(textIn(made.file, "hostout-release.cfg")).toContain(
    "extends = config/prod.cfg hostoutversions.cfg\n",
  );
  expect(made.devPackages.map(({ name }) => name)).toEqual(["example"]);
});

test("the secrets of sites are in no file that hosts build; what a part needs of them is refused", async () => {
  write(project(), {
    "buildout.cfg":
      "[buildout]\nextends = base.cfg\nparts =\n[first-site]\nhost = a\npassword = hunter2\n[db]\nhost = 127.0.0.1\npassword = hunter3\n",
    "base.cfg": "[app]\nrecipe = made\n",
  });
  const made = await make(project());
  expect(textIn(made.file, "buildout.cfg")).toBe(
    "[buildout]\nextends = base.cfg\nparts =\n[first-site]\nhost = a\n[db]\nhost = 127.0.0.1\npassword = hunter3\n",
  );
  expect(made.lines.filter((line) => line.includes("password"))).toEqual([
    expect.stringMatching(
      /^warning: \[first-site\] password \(.*:6\) is a secret and stays on this machine$/,
    ),
    expect.stringMatching(
      /^warning: \[db\] password \(.*:9\) is a secret, and goes to the hosts, for the owner of the site alone$/,
    ),
  ]);
  const modes = run(project(), "tar", "-tvf", made.file).replaceAll(/^(\S+).* (\S+)$/gm, "$1 $2");
  expect(modes).toMatch(/^-rw------- buildout.cfg$/m);
  expect(modes).toMatch(/^-rw-r--r-- base.cfg$/m);
  write(project(), { "base.cfg": "[app]\nrecipe = made\nfrom = https://ann:hunter4@example.com/x\n" });
  const linked = await make(project());
  expect(linked.lines).toContainEqual(
    expect.stringMatching(/^warning: \[app\] from \(.*base.cfg:3\) is a secret/),
  );
  expect(run(project(), "tar", "-tvf", linked.file)).toMatch(/^-rw------- .* base.cfg$/m);
  write(project(), { "base.cfg": "[app]\nrecipe = made\nkey = ${first-site:password}\n" });
  await expect(make(project())).rejects.toMatchObject({
    code: "bad-option",
    message: "[app] key needs [first-site] password, a secret of the site, which stays on this machine",
  });
});

test("of several files to build each is packaged, and the last one counts most", async () => {
  write(project(), {
    "buildout.cfg": "[first-site]\nhost = a\n",
    "base.cfg": "[buildout]\nparts =\n[versions]\none = 1\ntwo = 1\n",
    "conf/live.cfg": "[versions]\ntwo = 2\n",
  });
  const made = await make(project(), { buildout: "base.cfg\nconf/live.cfg" });
  expect(textIn(made.file, "hostout-release.cfg")).toContain(
    "extends = base.cfg conf/live.cfg hostoutversions.cfg\n",
  );
  expect(textIn(made.file, "hostoutversions.cfg")).toMatch(/\none = 1\ntwo = 2\n$/);
  expect(namesIn(made.file)).toEqual(expect.arrayContaining(["base.cfg", "conf/live.cfg"]));
  await expect(make(project(), { buildout: "base.cfg none.cfg" })).rejects.toMatchObject({
    code: "bad-option",
    message: "buildout = none.cfg does not exist",
  });
});

test("files of the project may be named as they are here", async () => {
  write(project(), { "buildout.cfg": "[buildout]\nparts =\n[versions]\na = 1\n" });
  const [buildout, versionsFile] = [join(project(), "buildout.cfg"), join(project(), "conf/pinned.cfg")];
  const made = await make(project(), { buildout, versionsFile });
  expect(textIn(made.file, "hostout-release.cfg")).toContain("\nextends = buildout.cfg conf/pinned.cfg\n");
  expect(readFileSync(versionsFile, "utf8")).toContain("a = 1\n");
});

test("a versions file outside of the project is refused, and is not written", async () => {
  write(project(), { "buildout.cfg": "[versions]\na = 1\n" });
  const origin = { file: "/p/hostout.cfg", line: 3 };
  await expect(
    make(project(), { versionsFile: "../pinned.cfg", origins: { versionsFile: origin } }),
  ).rejects.toMatchObject({
    code: "bad-option",
    message: `versions-file = ../pinned.cfg is not in the project's folder, ${project()}`,
    origin,
  });
  expect(existsSync(join(folder, "pinned.cfg"))).toBe(false);
});

test("nor is a buildout served unbuilt whose file has another name than the usual one", async () => {
  write(project(), {
    "site.cfg": "[buildout]\nparts = app\n[app]\nrecipe = made\n[first-site]\nhost = a\n",
  });
  await expect(make(project(), { config: join(project(), "site.cfg") })).rejects.toMatchObject({
    message: "buildout = buildout.cfg does not exist",
    hint: "Name the file that hosts build in the site, as in: buildout = site.cfg",
  });
});

test("an egg of a part without a pin is told, once, by its name", async () => {
  write(project(), {
    "buildout.cfg": `[buildout]
parts = app docs
[app]
recipe = zc.recipe.egg
eggs =
    Pinned.One
    loose
    exact == 2
    extra [test] >= 1
[docs]
recipe = zc.recipe.egg
eggs = loose
[unused]
eggs = other
[versions]
pinned-one = 1
`,
  });
  const { lines } = await make(project());
  expect(lines.filter((line) => line.startsWith("warning"))).toEqual([
    "warning: no version of loose is pinned: each host takes the newest that it finds",
    "warning: no version of extra is pinned: each host takes the newest that it finds",
  ]);
});

test("files outside the project come along, and what extends them finds them", async () => {
  write(folder, {
    "base.cfg": "[buildout]\nextends = shared/more.cfg project/in.cfg\n[versions]\na = 1\n",
    "shared/more.cfg": "[versions]\nb = 2\n",
    "project/in.cfg": "[versions]\nc = 3\n",
    "project/buildout.cfg":
      "# kept\n[other]\nextends = ../base.cfg\n[buildout]\nextends =\n    ../base.cfg\n# ../base.cfg\n    in.cfg\nparts =\n",
  });
  const made = await make(project());
  expect(namesIn(made.file)).toEqual(
    expect.arrayContaining(["buildout.cfg", "in.cfg", "outside/_/base.cfg", "outside/_/shared/more.cfg"]),
  );
  expect(textIn(made.file, "buildout.cfg")).toBe(
    "# kept\n[other]\nextends = ../base.cfg\n[buildout]\nextends =\n    outside/_/base.cfg\n# ../base.cfg\n    in.cfg\nparts =\n",
  );
  expect(textIn(made.file, "outside/_/base.cfg")).toContain("extends = shared/more.cfg ../../in.cfg\n");
});

test("production may build another file, with the versions of development and its own name for them", async () => {
  write(project(), {
    "buildout.cfg": "[versions]\none = 1\nTwo = 2\n",
    "prod.cfg": "[buildout]\nversions = pinned\n[pinned]\ntwo = 1\nthree = 3\n",
  });
  const made = await make(project(), { buildout: "prod.cfg" });
  expect(textIn(made.file, "hostoutversions.cfg")).toMatch(/\n\[pinned\]\none = 1\nTwo = 2\ntwo = 2\n$/);
  expect(textIn(made.file, "hostout-release.cfg")).toContain("versions = pinned\n");
  expect(namesIn(made.file)).not.toContain("buildout.cfg");
});

test("a file with sites alone: pins and development packages are those of the file that is built", async () => {
  write(project(), {
    ...pythonSite,
    "hostout.cfg": "[buildout]\nparts = first-site\n[first-site]\nhost = a\n",
    "bin/app":
      "#!/usr/bin/python3\nimport sys\nsys.path[0:0] = [\n  '/c/eggs/Other-0.9-py3.11.egg',\n  '/c/eggs/dep-1.0-py3.11.egg',\n  ]\n",
  });
  const made = await make(project(), { config: join(project(), "hostout.cfg") });
  expect(textIn(made.file, "hostoutversions.cfg")).toMatch(
    /\]\ndep = 1\.0\nexample = 1\.2\.post1\S+\nOther = 1\.0\nzope\.interface = 5\.0\n$/,
  );
  expect(made.devPackages.map(({ name }) => name)).toEqual(["example"]);
});

test("another interpreter makes another release of a buildout; the usual one is not told", async () => {
  write(project(), { "buildout.cfg": "" });
  const [usual, unsaid, other] = [
    await make(project(), { python: "python3" }),
    await make(project(), { python: undefined }),
    await make(project(), { python: "python2.7" }),
  ];
  expect(unsaid.hash).toBe(usual.hash);
  expect(other.hash).not.toBe(usual.hash);
  // Of no matter where nothing is built by it.
  const built = async (python: string) => (await make(project(), { buildCommand: ["make"], python })).hash;
  expect(await built("python2.7")).toBe(await built("python3"));
});

test("pins are what the local build picked, below what the configuration says", async () => {
  write(project(), {
    "buildout.cfg": "[buildout]\ndevelop =\n[versions]\nwanted = 2.0\n",
    "bin/app":
      "#!/usr/bin/python3\nimport sys\nsys.path[0:0] = [\n  '/c/eggs/zope.interface-5.0-py3.11.egg',\n  join(base, 'eggs/wanted-1.0-py3.11.egg'),\n  '/c/src/mine',\n  '/c/eggs/a_b-1.1-py3.11-linux-x86_64.egg',\n  ]\n",
    "bin/other": "#!/bin/sh\necho 'x-1.0-py3.11.egg'\n",
    ".installed.cfg":
      "[buildout]\ninstalled_develop_eggs = /c/develop-eggs/mine.egg-link\n\n[app]\n__buildout_installed__ = \n__buildout_signature__ = zc.recipe.egg-2.0.8-py3.11.egg mine-0123456789abcdef\n\tzc.buildout-3.0-py3.11.egg\nrecipe = zc.recipe.egg\n",
  });
  const made = await make(project());
  expect(textIn(made.file, "hostoutversions.cfg").split("\n").slice(1)).toEqual([
    "[versions]",
    "a-b = 1.1",
    "wanted = 2.0",
    "zc.buildout = 3.0",
    "zc.recipe.egg = 2.0.8",
    "zope.interface = 5.0",
    "",
  ]);
  expect(made.lines).toContain("Pinning 5 versions");
  expect(made.pins).toBe(5);
});

test("a range goes below what was picked of it, and above what is not of it", async () => {
  write(project(), {
    "buildout.cfg": "[buildout]\ndevelop =\n[versions]\nWanted = >=1.0\nother = >=2\nfree = >=3\n",
    ".installed.cfg":
      "[buildout]\n\n[app]\n__buildout_signature__ = wanted-1.5-py3.11.egg\n\tother-1.0-py3.11.egg\n",
  });
  const { file } = await make(project());
  expect(textIn(file, "hostoutversions.cfg")).toMatch(
    /\[versions\]\nfree = >=3\nother = >=2\nWanted = 1\.5\n$/,
  );
});

/** What a local build left: one part, with what its recipe made, as `.installed.cfg` tells it. */
const installed = (...paths: readonly string[]) =>
  `[buildout]\nparts = wsgi\n\n[wsgi]\n__buildout_installed__ = ${paths.join("\n\t")}\n__buildout_signature__ = \nrecipe = made\n`;

test("pins are also in the files that recipes made", async () => {
  const egg = (name: string) => `eggs/${name}-1.0-py3.11.egg`;
  const there = ["dep", "shell", "other", "far", "binary", "linked"];
  write(project(), {
    "buildout.cfg": "",
    ...Object.fromEntries(there.map((name) => [`${egg(name)}/EGG-INFO/PKG-INFO`, ""])),
    "parts/wsgi/wsgi.py": `import sys\npaths = [\n  '${join(project(), egg("dep"))}',\n  '${join(project(), egg("gone"))}',\n]\n`,
    "parts/wsgi/deep/run": `PYTHONPATH=${join(project(), egg("shell"))}:"${egg("other")}" exec app\n`,
    "parts/wsgi/binary": `\0${join(project(), egg("binary"))}`,
    "parts/wsgi/large": `${join(project(), egg("binary"))}\n${"x".repeat(300_000)}`,
    "parts/not-of-a-part": join(project(), egg("binary")),
    "etc/init": `# ${join(project(), egg("far"))}\n`,
    "elsewhere/file": join(project(), egg("linked")),
    ".installed.cfg": installed(join(project(), "parts/wsgi"), "etc/init", "gone"),
  });
  symlinkSync("../../elsewhere", join(project(), "parts/wsgi/folder"));
  symlinkSync("../../elsewhere/file", join(project(), "parts/wsgi/link"));
  const { file } = await make(project());
  expect(textIn(file, "hostoutversions.cfg")).toMatch(
    /\n\[versions\]\ndep = 1\.0\nfar = 1\.0\nother = 1\.0\nshell = 1\.0\n$/,
  );
});

test("of a folder that a recipe made so many files are looked at, those that lie high first", async () => {
  const egg = (name: string) => join(project(), `eggs/${name}-1.0-py3.11.egg`);
  for (const name of ["high", "low"]) write(egg(name), { "EGG-INFO/PKG-INFO": "" });
  write(project(), {
    "buildout.cfg": "",
    ...Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`parts/wsgi/a/${index}`, ""])),
    "parts/wsgi/z/low.py": `'${egg("low")}'`,
    "parts/wsgi/z.py": `'${egg("high")}'`,
    ".installed.cfg": installed(join(project(), "parts/wsgi")),
  });
  expect(textIn((await make(project())).file, "hostoutversions.cfg")).toMatch(/\]\nhigh = 1\.0\n$/);
});

test("what an egg says of itself counts more than its name", async () => {
  const egg = "eggs/zope_interface-6.0-py3.11.egg";
  write(project(), {
    "buildout.cfg": "",
    "bin/app": `#!/x\nsys.path[0:0] = ['${join(project(), egg)}']\n`,
    [`${egg}/zope_interface-6.0.dist-info/METADATA`]:
      "Metadata-Version: 2.1\nName: zope.interface\nVersion: 6.0\n",
  });
  const { file } = await make(project());
  expect(textIn(file, "hostoutversions.cfg")).toContain("\nzope.interface = 6.0\n");
});

test("the pins are beside the configuration, and are written only when they change", async () => {
  write(project(), { "buildout.cfg": "[versions]\nb = 2\na = 1\n" });
  const file = join(project(), "hostoutversions.cfg");
  await make(project());
  const text = readFileSync(file, "utf8");
  expect(text).toMatch(/^# Written by hostout.*\n\[versions\]\na = 1\nb = 2\n$/);
  utimesSync(file, 1, 1);
  await make(project());
  expect(statSync(file).mtimeMs).toBe(1000);
  expect(readFileSync(file, "utf8")).toBe(text);
});

test("without a local build the pins that are there stay, below those of the configuration", async () => {
  write(project(), {
    "buildout.cfg": "[versions]\nraised = 2.0\nnew = 1.0\n",
    "hostoutversions.cfg":
      "[versions]\ndep = 1.0\nRaised = 1.0\ngone = 1.0.post3+h0123abcd\n\n# Required by dep 1.0\nother = 3.0\n",
  });
  const made = await make(project());
  expect(textIn(made.file, "hostoutversions.cfg")).toMatch(
    /\n\[versions\]\ndep = 1\.0\nnew = 1\.0\nother = 3\.0\nraised = 2\.0\n$/,
  );
  expect(made.lines).toContain(
    "There is no local build to take versions from: those of hostoutversions.cfg are kept",
  );
  // Another clone makes the same of what was written.
  expect((await make(project())).hash).toBe(made.hash);
});

const header = "# Written by hostout: the versions that the last package was made with.\n";

test.each([
  ["a comment", "# why\n[versions]\na = 1\n", "2: # why"],
  ["a comment behind a pin", "[versions]\na = 1 # why\n", "3: a = 1 # why"],
  ["a comment in what hostout wrote", `${header}[versions]\n# why\na = 1\n`, "4: # why"],
  ["another section", "[versions]\na = 1\n[sources]\nb = git\n", "4: [sources]"],
  ["a section that pins nothing", "[site]\nhost = 10.0.0.1\n", "2: [site]"],
  ["something to extend", "[buildout]\nextends = base.cfg\n", "2: [buildout]"],
  ["a conflict", `${header}[versions]\n<<<<<<< HEAD\na = 1\n`, "4: <<<<<<< HEAD"],
])("a versions file with %s is kept by hand, and is not written over", async (_what, text, place) => {
  write(project(), { ...pythonSite, "by-hand.cfg": `\n${text}` });
  const origin = { file: "/p/hostout.cfg", line: 3 };
  const origins = { include: undefined, exclude: undefined, versionsFile: origin };
  await expect(make(project(), { versionsFile: "by-hand.cfg", origins })).rejects.toMatchObject({
    code: "bad-option",
    message: `versions-file = by-hand.cfg would be written over, but it is kept by hand: by-hand.cfg:${place}`,
    hint: "Give versions-file a name that is free, as in: versions-file = hostoutversions.cfg",
    origin,
  });
  expect(readFileSync(join(project(), "by-hand.cfg"), "utf8")).toBe(`\n${text}`);
  expect(existsSync(join(project(), ".hostout"))).toBe(false);
});

test("a versions file that the configuration extends is kept by hand, unless hostout wrote it", async () => {
  write(project(), {
    "buildout.cfg": "[buildout]\nextends = more.cfg\n",
    "more.cfg": "[buildout]\nextends = pins.cfg\n",
    "pins.cfg": "[versions]\na = 1\n",
  });
  const settings = { versionsFile: "pins.cfg" };
  await expect(make(project(), settings)).rejects.toMatchObject({
    code: "bad-option",
    message: expect.stringMatching(
      /pins\.cfg would be written over, but it is .* the configuration extends it$/,
    ),
  });
  write(project(), { "pins.cfg": `${header}[versions]\na = 1\n` });
  const { file } = await make(project(), settings);
  expect(textIn(file, "pins.cfg")).toMatch(/\[versions\]\na = 1\n$/);
});

test.each([
  ["hostout wrote", `${header}[pinned]\r\na = >=1, <2\r\nb+c = 1 #2\r\n`],
  ["collective.hostout wrote", "[versions]\na = 1\n\n# Required by example 1.0\nb = 2\n"],
  [
    "an old collective.hostout wrote",
    "[versions]\na = 1\n\n#Required by:\n#example 1.0\n#other 2.0dev\nb = 2\n",
  ],
  ["is empty", "\n"],
])("a versions file that %s is written anew", async (_what, text) => {
  write(project(), { "buildout.cfg": "[versions]\nc = 3\n", "hostoutversions.cfg": text });
  const { file } = await make(project());
  expect(textIn(file, "hostoutversions.cfg")).toContain("\nc = 3\n");
});

test("a file that is not written is of no matter", async () => {
  write(project(), { "buildout.cfg": "", "page.html": "", "hostoutversions.cfg": "# why\n" });
  expect((await make(project(), { buildout: "none.cfg" })).kind).toBe("files");
});

test("with a local build only what it picked is pinned", async () => {
  write(project(), {
    "buildout.cfg": "",
    "hostoutversions.cfg": "[versions]\ndep = 1.0\nunused = 1.0\n",
    "bin/app": "#!/x\nsys.path[0:0] = ['/c/eggs/dep-1.1-py3.11.egg']\n",
  });
  const { file } = await make(project());
  expect(textIn(file, "hostoutversions.cfg")).toMatch(/\n\[versions\]\ndep = 1\.1\n$/);
});

describeUnless(lacks(python, "-c", "import setuptools"), "development packages", () => {
  test("take the place of the pins of their last releases", async () => {
    write(project(), {
      ...pythonSite,
      "hostoutversions.cfg": "[versions]\ndep = 1.0\nexample = 1.2.post1+h01234567\n",
    });
    const made = await make(project());
    const text = textIn(made.file, "hostoutversions.cfg");
    expect(text).toContain(`\nexample = ${made.devPackages[0]!.version}\n`);
    expect(text.match(/^(?:dep|example) = /gm)).toHaveLength(2);
  });

  test("fetch what they need on hosts, also where the user's own defaults forbid it here", async () => {
    write(project(), pythonSite);
    write(join(folder, "home"), { "default.cfg": "[buildout]\noffline = true\n" });
    process.env.BUILDOUT_HOME = join(folder, "home");
    try {
      expect(textIn((await make(project())).file, "hostout-release.cfg")).not.toContain("allow-hosts");
    } finally {
      delete process.env.BUILDOUT_HOME;
    }
  });

  test("of a site that fetches nothing are found without the network, too", async () => {
    write(project(), { ...pythonSite, "base.cfg": "[buildout]\noffline = true\n" });
    const { file } = await make(project());
    const text = textIn(file, "hostout-release.cfg");
    expect(text).toContain("\noffline = false\n");
    expect(text).toContain("\nallow-hosts = none.invalid\n");
  });
});

describe("what the command line sets", () => {
  const assigned = (assignments: readonly string[], more: Partial<PackageSettings> = {}) =>
    make(project(), { ...more, readSettings: { assignments } });
  const releaseOf = (file: string) => textIn(file, "hostout-release.cfg");
  beforeEach(() =>
    write(project(), {
      "buildout.cfg":
        "[buildout]\nparts = app one\n[app]\nrecipe = some\ntext = old\n[base]\nkeep = 5\n[one]\nrecipe = collective.hostout\nextends = base\nhost = web1\npath = /srv/x\n[versions]\nbar = 1\nsome = 1\n",
    }),
  );

  test("is what hosts build with", async () => {
    const { file } = await assigned([
      "versions:foo=9",
      "versions:bar=",
      "app:text=new",
      "app:more+=a",
      "index=http://x/",
    ]);
    expect(textIn(file, "hostoutversions.cfg")).toContain("\nfoo = 9\n");
    expect(releaseOf(file)).toBe(
      "[buildout]\nextends = buildout.cfg hostoutversions.cfg\ndevelop =\nparts = app\nversions = versions\nfind-links += ${buildout:directory}/dist\nindex = http://x/\n[app]\ntext = new\nmore += a\n[versions]\nbar =\n",
    );
    expect((await assigned(["app:password=hunter2", "one:password=hunter2"])).lines).toContain(
      "warning: [app] password (the command line) is a secret, and goes to the hosts, for the owner of the site alone",
    );
    const links = releaseOf((await assigned(["find-links+=http://y/"])).file);
    expect(links).toContain("\nfind-links += http://y/\n    ${buildout:directory}/dist\n");
  });

  test("of a site is no other release, unless a part refers to it", async () => {
    const { hash } = await make(project());
    const ofSites = ["one:path=/srv/y", "base:sudo-password=x", "offline=true"];
    expect((await assigned(ofSites)).hash).toBe(hash);
    write(project(), {
      "buildout.cfg": `${readFileSync(join(project(), "buildout.cfg"), "utf8")}[part]\nplace = \${one:path}\n`,
    });
    expect(releaseOf((await assigned(ofSites)).file)).toMatch(/\n\[one\]\npath = \/srv\/y\n$/);
  });

  test("does not make the pins of a file with sites alone those of the local build", async () => {
    write(project(), { "sites.cfg": "[one]\nhost = web1\n" });
    const { file } = await assigned(["versions:foo=9"], { config: join(project(), "sites.cfg") });
    expect(textIn(file, "hostoutversions.cfg")).toMatch(/\nbar = 1\nfoo = 9\n/);
  });

  test("is refused where it adds a file", async () => {
    write(project(), { "more.cfg": "" });
    await expect(assigned(["buildout:extends=more.cfg"])).rejects.toMatchObject({
      code: "bad-option",
      message: expect.stringContaining("buildout:extends=more.cfg would not reach the hosts"),
    });
  });

  test("is heeded with -U too", async () => {
    write(join(folder, "home"), { "default.cfg": "[buildout]\nextends = missing.cfg\n" });
    process.env.BUILDOUT_HOME = join(folder, "home");
    try {
      await expect(make(project())).rejects.toThrow("missing.cfg");
      await make(project(), { readSettings: { userDefaults: false } });
    } finally {
      delete process.env.BUILDOUT_HOME;
    }
  });
});

// Debian's zc.buildout stumbles over a name that Python 3.11 no longer has.
const cure =
  "import collections, collections.abc; collections.MutableMapping = collections.abc.MutableMapping";
const why =
  lacks(python, "-c", `${cure}\nimport zc.buildout.buildout`) ?? lacks(python, "-c", "import venv, wheel");

const buildHere = (path: string) => {
  const environment = join(path, "venv");
  if (!existsSync(environment)) {
    run(path, python, "-m", "venv", "--system-site-packages", "--without-pip", environment);
    const [version = ""] = readdirSync(join(environment, "lib"));
    write(join(environment, "lib", version, "site-packages"), { "cure.pth": cure });
  }
  const main = "from zc.buildout.buildout import main; main()";
  return (...words: string[]) => run(path, join(environment, "bin", "python"), "-c", main, "-U", ...words);
};

describeUnless(why, "zc.buildout", () => {
  test.each(["egg", "wheel"] as const)(
    "builds an unpacked package with its pins and its development package as %s, without the network",
    async (packageFormat) => {
      write(project(), {
        "buildout.cfg":
          "[buildout]\nextends = ../base.cfg\ndevelop = src/example\nparts = part\n[part]\nrecipe = example:part\n",
        "src/example/setup.py":
          'from setuptools import setup\nsetup(name="example", version="1.2.dev0", packages=["example"], entry_points={"zc.buildout": ["part = example:Part"]})\n',
        "src/example/example/__init__.py":
          "import os\nimport pkg_resources\nclass Part:\n    def __init__(self, buildout, name, options):\n        self.directory = buildout['buildout']['directory']\n        options['version'] = pkg_resources.get_distribution('example').version\n        self.options = options\n    def install(self):\n        with open(os.path.join(self.directory, 'built'), 'w') as file:\n            file.write(self.options['version'])\n        return []\n    update = install\n",
      });
      write(folder, {
        "base.cfg":
          "[buildout]\nindex = ${buildout:directory}/nothing\nallow-hosts = none.invalid\nallow-picked-versions = false\n",
      });
      buildHere(project())();
      expect(readFileSync(join(project(), "built"), "utf8")).toBe("1.2.dev0");
      const made = await make(project(), { packageFormat });
      const release = join(folder, "release");
      mkdirSync(release);
      run(release, "tar", "xf", made.file);
      buildHere(release)("-c", "hostout-release.cfg");
      expect(readFileSync(join(release, "built"), "utf8")).toBe(made.devPackages[0]!.version);
      // The local build's results are those of the development package, so nothing else is pinned.
      expect(made.pins).toBe(1);
      copyFileSync(join(release, ".installed.cfg"), join(project(), ".installed.cfg"));
      expect((await make(project(), { packageFormat })).pins).toBe(1);
    },
  );
});

describe("what comes from an address", () => {
  const served: Record<string, string> = {};
  let server: Server;
  let address: string;
  beforeEach(async () => {
    server = createServer(({ url = "" }, response) => {
      const text = served[url];
      response.writeHead(text === undefined ? 404 : 200).end(text ?? "");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  /** A configuration that extends what comes from two addresses, of which one is pinned. */
  const writeProject = (more = "") => {
    served["/set/base.cfg"] = "[buildout]\nextends = ../more.cfg?v=1\n[versions]\nbase = 1\n";
    served["/more.cfg?v=1"] = "[versions]\nmore = 1\n";
    const pin = createHash("sha256").update(served["/set/base.cfg"]).digest("hex");
    write(project(), {
      "buildout.cfg": `[buildout]\nextends = http://me:secret@${address}/set/base.cfg#sha256=${pin} own.cfg\noptional-extends = http://${address}/gone.cfg\n${more}`,
      "own.cfg": "[versions]\nown = 1\n",
    });
  };

  test("comes along as it was read here, and a host is told no address", async () => {
    writeProject("parts =\n");
    const made = await make(project());
    const names = namesIn(made.file);
    const [base = "", more = ""] = ["base.cfg", "more.cfg"].map((name) =>
      names.find((path) => /^outside\/[0-9a-f]{64}\//.test(path) && path.endsWith(name)),
    );
    expect(textIn(made.file, "buildout.cfg")).toBe(
      `[buildout]\nextends = ${base} own.cfg\noptional-extends = \nparts =\n`,
    );
    expect(textIn(made.file, base)).toBe(
      `[buildout]\nextends = ${more.replace("outside", "..")}\n[versions]\nbase = 1\n`,
    );
    expect(textIn(made.file, more)).toBe("[versions]\nmore = 1\n");
    served["/more.cfg?v=1"] = "[versions]\nmore = 2\n";
    expect((await make(project())).hash).not.toBe(made.hash);
  });

  describeUnless(why, "builds with buildout itself,", () => {
    test("where the address gives other bytes, or none", async () => {
      writeProject("parts =\nindex = ${buildout:directory}/nothing\nallow-hosts = none.invalid\n");
      const made = await make(project());
      served["/set/base.cfg"] = served["/more.cfg?v=1"] = "[versions]\nbase = 666\n";
      const release = join(folder, "release");
      mkdirSync(release);
      run(release, "tar", "xf", made.file);
      const annotated = buildHere(release)("-c", "hostout-release.cfg", "annotate", "versions");
      expect(annotated).toMatch(/base= 1\n.*more= 1\n.*own= 1\n/s);
    });
  });
});
