import { readdirSync, readFileSync, rmSync, unlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeUnless, lacks } from "../bed/describe-with.ts";
import { commit, make, namesIn, newFolder, python, pythonSite, run, textIn, write } from "./package-bed.ts";

let folder: string;
beforeEach(() => {
  folder = newFolder();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const source = "src/example/example/__init__.py";

describeUnless(lacks(python, "-c", "import setuptools"), "a development package in Python", () => {
  beforeEach(() => write(folder, pythonSite));

  test("is built into a source distribution with a version of its own", async () => {
    const made = await make(folder);
    const [dev] = made.devPackages;
    expect(dev!.name).toBe("example");
    expect(dev!.version).toMatch(/^1\.2\.post1\+h[0-9a-f]{8}$/);
    expect(dev!.isChanged).toBe(true);
    expect(dev!.file).toBe(join(folder, ".hostout", "dev-packages", `example-${dev!.version}.tar.gz`));
    expect(made.lines).toEqual([
      `Creating release ${made.hash.slice(0, 12)}`,
      `Producing source distribution for src/example with version ${dev!.version}`,
      "There is no local build to take versions from: only those of the configuration are pinned",
      "Pinning 3 versions",
      `Packaged 6 files into deploy-${made.hash.slice(0, 12)}.tar`,
    ]);
    expect(namesIn(made.file)).toContain(`dist/example-${dev!.version}.tar.gz`);
    expect(readdirSync(join(folder, "src", "example")).sort()).toEqual(["example", "setup.py"]);
  });

  test("is built once for the same content; times do not count", async () => {
    const first = await make(folder);
    utimesSync(join(folder, source), 1, 1);
    const second = await make(folder);
    expect(second.hash).toBe(first.hash);
    expect(second.devPackages).toEqual([{ ...first.devPackages[0], isChanged: false }]);
    expect(second.lines[1]).toBe(`src/example is unchanged: ${first.devPackages[0]!.version}`);
  });

  test("has a greater version when a byte is another, and no version twice", async () => {
    const versions: string[] = [];
    for (const text of ["value = 1\n", "value = 2\n", "value = 1\n"]) {
      write(folder, { [source]: text });
      versions.push((await make(folder)).devPackages[0]!.version);
    }
    expect(versions.map((version) => version.replace(/\+.*/, ""))).toEqual([
      "1.2.post1",
      "1.2.post2",
      "1.2.post3",
    ]);
    expect(new Set(versions).size).toBe(3);
    const check =
      "import sys; from pkg_resources import parse_version as v; a = [v(x) for x in sys.argv[1:]]; assert a == sorted(a)";
    run(folder, python, "-W", "ignore", "-c", check, ...versions);
    expect(readdirSync(join(folder, ".hostout", "dev-packages"))).toEqual([`example-${versions[2]}.tar.gz`]);
  });

  test("is built anew, to the same bytes, when its file or its record is gone", async () => {
    const first = await make(folder);
    const before = readFileSync(first.devPackages[0]!.file);
    unlinkSync(first.devPackages[0]!.file);
    expect((await make(folder)).devPackages[0]!.isChanged).toBe(true);
    rmSync(join(folder, ".hostout"), { recursive: true });
    const again = await make(folder);
    expect(again.hash).toBe(first.hash);
    expect(readFileSync(again.devPackages[0]!.file).equals(before)).toBe(true);
    writeFileSync(again.devPackages[0]!.file, "damaged");
    expect((await make(folder)).hash).toBe(first.hash);
    writeFileSync(join(folder, ".hostout", "dev-packages.ini"), "[damaged\n=\0");
    expect((await make(folder)).hash).toBe(first.hash);
  });

  test.each([
    ["sdist", /\.tar\.gz$/],
    ["egg", /-py3\.\d+\.egg$/],
    ["wheel", /-py3-none-any\.whl$/],
  ] as const)("gives the same bytes from two folders as %s", async (packageFormat, form) => {
    const other = newFolder();
    write(other, Object.fromEntries(Object.entries(pythonSite).reverse()), 0o600);
    const [one, same] = [await make(folder, { packageFormat }), await make(other, { packageFormat })];
    expect(one.devPackages[0]!.file).toMatch(form);
    expect(same.hash).toBe(one.hash);
    rmSync(other, { recursive: true });
  });

  test("has the same version in two formats", async () => {
    const [one, other] = [await make(folder), await make(folder, { packageFormat: "egg" })];
    expect(other.devPackages[0]!.version).toBe(one.devPackages[0]!.version);
    expect((await make(folder)).devPackages[0]!.isChanged).toBe(false);
  });

  test("takes its data files along, whatever version control knows of them", async () => {
    write(folder, {
      "src/example/setup.py":
        'from setuptools import setup\nsetup(name="example", version="1.0", packages=["example"], include_package_data=True)\n',
      "src/example/example/page.pt": "<p>",
    });
    const { devPackages } = await make(folder, { packageFormat: "wheel" });
    expect(run(folder, python, "-m", "zipfile", "-l", devPackages[0]!.file)).toContain("example/page.pt");
  });

  test("takes data files along that its MANIFEST.in does not name, but for those that it leaves out", async () => {
    write(folder, {
      "src/example/setup.py":
        'from setuptools import setup\nsetup(name="example", version="1.0", packages=["example"], include_package_data=True, long_description=open("CHANGES").read())\n',
      "src/example/CHANGES": "",
      "src/example/MANIFEST.in": "include example/*.pt\nglobal-exclude *.bak\nprune tests\n",
      "src/example/example/page.pt": "<p>",
      "src/example/example/new.xml": "<x/>",
      "src/example/example/old.bak": "",
      "src/example/tests/one.py": "",
    });
    const { devPackages } = await make(folder);
    const names = namesIn(devPackages[0]!.file).map((name) => name.replace(/^[^/]*\//, ""));
    expect(names).toEqual(expect.arrayContaining(["CHANGES", "example/page.pt", "example/new.xml"]));
    expect(names.filter((name) => /bak|tests/.test(name))).toEqual([]);
    const wheel = (await make(folder, { packageFormat: "wheel" })).devPackages[0]!.file;
    expect(run(folder, python, "-m", "zipfile", "-l", wheel)).toContain("example/new.xml");
  });

  test("with only a pyproject.toml is built, too", async () => {
    rmSync(join(folder, "src/example/setup.py"));
    write(folder, {
      "src/example/pyproject.toml":
        '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n[project]\nname = "example"\nversion = "3.0"\n',
    });
    expect((await make(folder)).devPackages[0]!.version).toMatch(/^3\.0\.post1\+h/);
  });

  test("that fails to build is named, with the last lines of its tool, and leaves nothing", async () => {
    // Others package at this time too.
    const left = () => run(tmpdir(), "sh", "-c", "grep -rls 'no compiler here' hostout-package-* || true");
    write(folder, { "src/example/setup.py": "raise SystemExit('no compiler here')\n" });
    await expect(make(folder)).rejects.toMatchObject({
      code: "failed",
      message: expect.stringMatching(/^src\/example could not be packaged: .*no compiler here$/s),
      hint: "Try its own build in src/example.",
    });
    expect(left()).toBe("");
    expect(readdirSync(folder)).not.toContain(".hostout");
  });

  test("is not packaged where another version of it is pinned", async () => {
    write(folder, { "base.cfg": "[versions]\nExample = 0.9\n" });
    const made = await make(folder);
    expect(made.devPackages).toEqual([]);
    expect(made.lines).toContain("src/example is not packaged: example is pinned to 0.9");
    expect(textIn(made.file, "hostoutversions.cfg")).toContain("Example = 0.9\n");
    expect((await make(folder)).lines).toContain("src/example is not packaged: example is pinned to 0.9");
  });

  test("is packaged where its own version is pinned, under the new one", async () => {
    write(folder, { "base.cfg": "[versions]\nExample = 1.2.dev0\n" });
    const made = await make(folder);
    const { version } = made.devPackages[0]!;
    const text = textIn(made.file, "hostoutversions.cfg");
    expect(text).toContain(`Example = ${version}\n`);
    expect(text).toContain(`example = ${version}\n`);
    expect(text).not.toContain("dev0");
  });

  test("is packaged where a range is pinned", async () => {
    write(folder, { "base.cfg": "[versions]\nexample = >=1.0\n" });
    const made = await make(folder);
    expect(textIn(made.file, "hostoutversions.cfg")).toContain(`example = ${made.devPackages[0]?.version}\n`);
  });

  test("develop takes patterns, and says what is not there", async () => {
    write(folder, {
      "buildout.cfg": "[buildout]\ndevelop =\n    src/*\n    gone\n",
      "src/second/setup.py": 'from setuptools import setup\nsetup(name="second", version="2")\n',
    });
    const made = await make(folder);
    expect(made.devPackages.map(({ name }) => name)).toEqual(["example", "second"]);
    expect(made.lines).toContain(
      "warning: develop names gone, but that folder does not exist. Hosts take the package from elsewhere",
    );
  });

  test("that the option packages names are released and pinned as those of develop", async () => {
    write(folder, {
      "more/theme/setup.py": 'from setuptools import setup\nsetup(name="theme", version="2.0")\n',
    });
    const made = await make(folder, { packages: ["more/theme"] });
    expect(made.devPackages.map(({ name }) => name)).toEqual(["example", "theme"]);
    expect(textIn(made.file, "hostoutversions.cfg")).toMatch(/^theme = 2\.0\.post1/m);
    const origin = { file: "/p/buildout.cfg", line: 3 };
    await expect(
      make(folder, { packages: ["more/none"], origins: { packages: origin } }),
    ).rejects.toMatchObject({ code: "bad-option", message: "packages = more/none does not exist", origin });
  });

  test("two packages of one name are refused, as by a pattern that means a copy", async () => {
    write(folder, {
      "buildout.cfg": "[buildout]\ndevelop = src/*\n",
      "src/old/setup.py": 'from setuptools import setup\nsetup(name="Example", version="1")\n',
    });
    await expect(make(folder)).rejects.toMatchObject({
      code: "failed",
      message: "src/example and src/old are both Example",
    });
  });

  test("are what mr.developer checks out, too", async () => {
    const setup = (name: string) => `from setuptools import setup\nsetup(name="${name}", version="2")\n`;
    write(folder, {
      "buildout.cfg": `[buildout]
develop = src/example
extensions = mr.developer other
auto-checkout =
    second
    third
    fourth
    fifth
    docs
    pages
[versions]
second = 1.0
example = 1.0
[sources]
second = git https://example.com/second.git
third = hg https://example.com/third path=vendor rev=1
fourth = git https://example.com/fourth.git branch=a=b subpath=python
fifth = git https://example.com/fifth.git old
docs = git https://example.com/docs.git egg=false
pages = git https://example.com/pages.git egg=No
gone = git https://example.com/gone.git
other = git https://example.com/other.git
`,
      "src/second/setup.py": setup("second"),
      "vendor/third/setup.py": setup("third"),
      "src/fourth/python/setup.py": setup("fourth"),
      "old/fifth/setup.py": setup("fifth"),
      "src/docs/index.txt": "",
      "src/pages/index.txt": "",
      "src/other/setup.py": setup("other"),
    });
    const made = await make(folder);
    // What it checks out is taken whatever is pinned, as it unpins that; what develop names is not.
    expect(made.devPackages.map(({ name }) => name)).toEqual(["second", "third", "fourth", "fifth"]);
    expect(textIn(made.file, "hostoutversions.cfg")).toMatch(/^second = 2\.post1\+h/m);
    expect(textIn(made.file, "hostout-release.cfg")).toContain(
      "\ndevelop =\nauto-checkout =\nextensions = other\n",
    );
    write(folder, {
      "base.cfg": "[buildout]\n",
      "buildout.cfg":
        "[buildout]\nauto-checkout = *\nsources-dir = vendor\n[sources]\nthird = hg https://example.com/third\n",
    });
    expect((await make(folder)).devPackages.map(({ name }) => name)).toEqual(["third"]);
  });

  test("are told where bin/develop said something else here than auto-checkout", async () => {
    write(folder, {
      "buildout.cfg":
        "[buildout]\ndevelop = src/third\nauto-checkout = example\n[sources]\nexample = git https://example.com/a.git\nsecond = git https://example.com/b.git\nthird = git https://example.com/c.git\n",
      "src/third/setup.py": 'from setuptools import setup\nsetup(name="third", version="2")\n',
      ".mr.developer.cfg":
        "[buildout]\nargs = './bin/buildout'\n\n[develop]\nexample = auto\nsecond = auto\nthird = true\ngone = true\n\n[rewrites]\n",
    });
    const warnings = async () => (await make(folder)).lines.filter((line) => line.includes("bin/develop"));
    expect(await warnings()).toEqual([]);
    write(folder, { ".mr.developer.cfg": "[develop]\nexample = false\nsecond = true\n" });
    expect(await warnings()).toEqual([
      "warning: example is deactivated here by bin/develop, but in auto-checkout or develop: hosts get src/example",
      "warning: second is activated here by bin/develop, and not in auto-checkout: hosts take it from elsewhere",
    ]);
  });

  test("that mr.developer did not check out yet is refused: hosts would take another", async () => {
    write(folder, {
      "buildout.cfg":
        "[buildout]\nauto-checkout = gone\n[sources]\ngone = git https://example.com/gone.git\n",
    });
    await expect(make(folder)).rejects.toMatchObject({
      code: "failed",
      message: "src/gone does not exist: mr.developer did not check it out",
    });
  });

  test("may be the project itself: what buildout and packaging write is none of it", async () => {
    const site = newFolder();
    write(site, {
      "buildout.cfg": "[buildout]\ndevelop = .\n",
      "setup.py": 'from setuptools import setup\nsetup(name="whole", version="1", py_modules=["whole"])\n',
      "whole.py": "",
    });
    const first = await make(site);
    write(site, {
      "bin/x": "",
      "eggs/y": "",
      ".installed.cfg": "[buildout]\n",
      "whole.egg-info/PKG-INFO": "",
    });
    const second = await make(site);
    expect(second.devPackages).toEqual([{ ...first.devPackages[0], isChanged: false }]);
    expect(second.hash).toBe(first.hash);
    rmSync(site, { recursive: true });
  });

  test("a dry run tells the same and leaves nothing", async () => {
    const dry = await make(folder, {}, { write: false });
    expect(readdirSync(folder).sort()).toEqual(["base.cfg", "buildout.cfg", "src"]);
    expect((await make(folder)).hash).toBe(dry.hash);
  });

  describe.each(["git", "hg"] as const)("with %s", (kind) => {
    describeUnless(lacks(kind, "--version"), "history", () => {
      test("counts for the version, edits too, in each clone alike", async () => {
        commit(folder, kind);
        write(folder, { unrelated: "" });
        commit(folder, kind);
        write(folder, { [source]: "value = 2\n" });
        commit(folder, kind);
        const clean = (await make(folder)).devPackages[0]!.version;
        expect(clean).toMatch(/^1\.2\.post2\+h/);
        const clone = newFolder();
        run(folder, kind, "clone", "-q", ".", join(clone, "c"));
        for (const path of [folder, join(clone, "c")]) write(path, { [source]: "value = 3\n" });
        const edited = (await make(folder)).devPackages[0]!.version;
        expect(edited).toMatch(/^1\.2\.post3\+h/);
        expect((await make(join(clone, "c"))).devPackages[0]!.version).toBe(edited);
        rmSync(clone, { recursive: true });
      });

      test("has no edits in what packaging writes", async () => {
        write(folder, {
          "buildout.cfg": "[buildout]\ndevelop = .\n",
          "setup.py": 'from setuptools import setup\nsetup(name="whole", version="1")\n',
        });
        commit(folder, kind);
        const first = await make(folder);
        rmSync(join(folder, ".hostout"), { recursive: true });
        write(folder, { ".hostout/runs/one.jsonl": "" });
        expect((await make(folder)).devPackages[0]!.version).toBe(first.devPackages[0]!.version);
      });

      test("does not count where no file of the package is touched", async () => {
        const plain = (await make(folder)).devPackages[0]!.version;
        rmSync(join(folder, ".hostout"), { recursive: true });
        commit(folder, kind);
        expect((await make(folder)).devPackages[0]!.version).toBe(plain);
        expect((await make(folder)).devPackages[0]!.isChanged).toBe(false);
      });
    });
  });

  describeUnless(lacks("git", "--version"), "a shallow clone", () => {
    test("does not know how many commits there were, and counts by itself", async () => {
      for (const text of ["1", "2", "3"]) {
        write(folder, { [source]: text });
        commit(folder, "git");
      }
      const clone = newFolder();
      run(folder, "git", "clone", "-q", "--depth", "1", `file://${folder}`, join(clone, "c"));
      expect((await make(join(clone, "c"))).devPackages[0]!.version).toMatch(/^1\.2\.post1\+h/);
      rmSync(clone, { recursive: true });
    });
  });

  describeUnless(lacks(python, "-m", "pip", "--version"), "pip", () => {
    test("installs the source distribution under its version", async () => {
      const { devPackages } = await make(folder);
      const words = ["-m", "pip", "install", "-q", "--no-index", "--no-build-isolation", "--no-deps"];
      run(folder, python, ...words, "--target", join(folder, "lib"), devPackages[0]!.file);
      expect(readdirSync(join(folder, "lib")).join(" ")).toContain(
        `example-${devPackages[0]!.version}.dist-info`,
      );
    });
  });
});

describeUnless(lacks("npm", "--version"), "a development package of npm", () => {
  test("is packed with the next patch version, and the content's hash", async () => {
    write(folder, {
      "buildout.cfg": "[buildout]\ndevelop = lib\n",
      "lib/package.json": '{"name":"@scope/lib","version":"1.4.2"}',
      "lib/index.js": "1",
    });
    const made = await make(folder, { buildCommand: ["npm ci"] });
    const [dev] = made.devPackages;
    expect(dev!.version).toMatch(/^1\.4\.3\+h[0-9a-f]{8}$/);
    expect(namesIn(made.file)).toContain(`dist/scope-lib-${dev!.version}.tgz`);
    expect(JSON.parse(run("/", "tar", "-xzOf", dev!.file, "package/package.json")).version).toBe(
      dev!.version,
    );
    write(folder, { "lib/index.js": "2" });
    expect((await make(folder, { buildCommand: ["npm ci"] })).devPackages[0]!.version).toMatch(/^1\.4\.4\+h/);
  });
});

test("a development folder without files, as that of a submodule that is not checked out, is refused", async () => {
  write(folder, {
    "buildout.cfg": "[buildout]\ndevelop = vendor/one\n",
    "vendor/one/one.egg-info/PKG-INFO": "",
  });
  await expect(make(folder)).rejects.toMatchObject({
    code: "failed",
    message: "vendor/one could not be packaged: its folder is empty",
    hint: expect.stringContaining("git submodule update --init"),
  });
});

test("a development folder that no tool builds is an archive named by its content", async () => {
  write(folder, { "buildout.cfg": "[buildout]\ndevelop = theme\n", "theme/a.css": "a" });
  const made = await make(folder);
  const [dev] = made.devPackages;
  expect(dev!.version).toMatch(/^[0-9a-f]{8}$/);
  expect(namesIn(dev!.file)).toEqual(["a.css"]);
  expect(namesIn(made.file)).toContain(`dist/theme-${dev!.version}.tar`);
  expect(made.pins).toBe(0);
});
