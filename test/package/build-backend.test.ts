import { rmSync } from "node:fs";
import { join } from "node:path";
import { describeUnless, lacks } from "../bed/describe-with.ts";
import { commit, make, namesIn, newFolder, python, pythonSite, run, write } from "./package-bed.ts";

const { "src/example/setup.py": _, ...site } = pythonSite;

let folder: string;
beforeEach(() => {
  folder = newFolder();
  write(folder, site);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const project = (...lines: readonly string[]) => ({ "src/example/pyproject.toml": `${lines.join("\n")}\n` });
const hatchling = ["[build-system]", 'requires = ["hatchling>=1"]', 'build-backend = "hatchling.build"'];
const flit = ["[build-system]", 'requires = ["flit_core"]', 'build-backend = "flit_core.buildapi"'];
const poetry = ["[build-system]", 'requires = ["poetry-core"]', 'build-backend = "poetry.core.masonry.api"'];

const backends = [
  [
    "hatchling",
    "hatchling.build",
    [...hatchling, "[project]", 'name = "example"', 'version = "1.2.dev0" # now'],
  ],
  [
    "hatchling, which finds the version in the code",
    "hatchling.build",
    [
      ...hatchling,
      "[project]  # what it is",
      'name = "example"',
      "dynamic = [ # found out",
      '  "version",',
      "]",
      "[project.urls]",
      'version = "https://example.com"',
      "[tool.hatch.version]",
      'path = "example/__init__.py"',
    ],
  ],
  [
    "flit",
    "flit_core.buildapi",
    [...flit, "[project]", 'name = "example"', 'dynamic = ["description", "version"]'],
  ],
  [
    "poetry",
    "poetry.core.masonry.api",
    [
      ...poetry,
      "[tool.poetry]",
      'name = "example"',
      "version='1.2.dev0'",
      'description = "[project]"',
      "authors = []",
      "[tool.poetry.dependencies]",
      'python = "*"',
    ],
  ],
  [
    "poetry, which is told of the project twice",
    "poetry.core.masonry.api",
    [
      "[project]",
      'name = "example"',
      'dynamic = ["version"]',
      "[tool.poetry]",
      'name = "example"',
      'version = "1.2.dev0"',
      'description = ""',
      "authors = []",
      ...poetry,
    ],
  ],
] as const;

const source = '"""An example."""\n__version__ = "1.2.dev0"\n';

describe.each(backends)("a development package that is built by %s", (_name, module, lines) => {
  describeUnless(lacks(python, "-c", `import ${module}`), "has it", () => {
    beforeEach(() => write(folder, { ...project(...lines), "src/example/example/__init__.py": source }));

    test("becomes a wheel with a version of its own", async () => {
      const made = await make(folder);
      const [dev] = made.devPackages;
      expect(dev!.version).toMatch(/^1\.2\.post1\+h[0-9a-f]{8}$/);
      const [stem, tags] = dev!.file.split(/\/(?=[^/]*$)/)[1]!.split("-py");
      expect([stem, tags]).toEqual([
        `example-${dev!.version}`,
        expect.stringMatching(/^[\d.py]+-none-any\.whl$/),
      ]);
      expect(made.lines).toContain(`Producing wheel for src/example with version ${dev!.version}`);
      expect(namesIn(made.file).filter((name) => name.startsWith("dist/"))).toHaveLength(1);
      const metadata = run(
        "/",
        python,
        "-c",
        "import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nprint(*[z.read(n).decode() for n in z.namelist() if n.endswith('METADATA')])",
        dev!.file,
      );
      expect(metadata).toContain(`\nVersion: ${dev!.version}\n`);
      expect((await make(folder)).devPackages[0]).toEqual({ ...dev, isChanged: false });
    });

    test("is the same bytes from two folders", async () => {
      const one = await make(folder, { packageFormat: "wheel" });
      const other = newFolder();
      write(other, { ...site, ...project(...lines), "src/example/example/__init__.py": source }, 0o600);
      expect((await make(other, { packageFormat: "wheel" })).hash).toBe(one.hash);
      rmSync(other, { recursive: true });
    });

    test("makes no egg", async () => {
      await expect(make(folder, { packageFormat: "egg" })).rejects.toMatchObject({
        message: `src/example could not be packaged: its build backend ${module} makes no eggs`,
        hint: expect.stringContaining("package-format = wheel"),
      });
    });

    describeUnless(lacks(python, "-m", "pip", "--version"), "pip", () => {
      test("installs it under its version", async () => {
        const { devPackages } = await make(folder);
        const words = ["-m", "pip", "install", "-q", "--no-index", "--no-deps", "--target", `${folder}/lib`];
        run(folder, python, ...words, devPackages[0]!.file);
        expect(run(`${folder}/lib`, python, "-c", "import example; print(example.__file__)")).toContain(
          folder,
        );
      });
    });
  });
});

test("a backend that is not there is named, with what installs it", async () => {
  write(folder, project("[build-system]", 'requires = ["nobody>=2"]', 'build-backend = "nobody.api"'));
  await expect(make(folder)).rejects.toMatchObject({
    message: `src/example could not be packaged: its build backend is nobody.api, but ${python} has no module nobody`,
    hint: `Install what builds it: ${python} -m pip install 'nobody>=2'`,
  });
});

test.each([
  ["in a table of one line", 'build-system = { requires = [], build-backend = "nobody.api" }'],
  ["before a dot", 'build-system.build-backend = "nobody.api"'],
  ["in quotes", '[build-system]\n"build-backend" = "nobody.api"'],
])("a backend is found %s, and with a setup.py beside it", async (_where, line) => {
  write(folder, { ...project(line), "src/example/setup.py": "raise Exception('run')\n" });
  await expect(make(folder)).rejects.toThrow("no module nobody");
});

test("a pyproject.toml that version control ignores has no backend to say", async () => {
  write(folder, pythonSite);
  write(folder, { ...project(...hatchling), ".gitignore": "pyproject.toml\n" });
  commit(folder, "git");
  expect((await make(folder)).devPackages[0]!.file).toMatch(/\.tar\.gz$/);
});

test("a Python that cannot read pyproject.toml is told what it needs", async () => {
  const old = join(folder, "python");
  const without = "import sys; sys.modules.update(dict.fromkeys(['tomllib', 'tomli', 'pip']))";
  write(folder, { python: `#!/bin/sh\nexec ${python} -c "${without}\n$2" "$3"\n` }, 0o755);
  write(folder, project(...flit, "[project]", 'name = "example"', 'version = "5"'));
  await expect(make(folder, { python: old })).rejects.toMatchObject({
    message: `src/example could not be packaged: its build backend is flit_core.buildapi, but ${old} has no module tomli`,
    hint: `Install what builds it: ${old} -m pip install 'tomli'`,
  });
});

describe("a backend in the project itself", () => {
  const own = ["[build-system]", "requires = []", 'build-backend = "own"', 'backend-path = ["tools"]'];
  const backend = {
    "src/example/tools/own.py": `import os, tomllib, zipfile
def read():
    data = tomllib.load(open("pyproject.toml", "rb"))
    return data["project"] if "project" in data else data["tool"]["poetry"]
def prepare_metadata_for_build_wheel(folder):
    os.mkdir(folder + "/x.dist-info")
    with open(folder + "/x.dist-info/METADATA", "w") as file:
        file.write("Metadata-Version: 2.1\\nName: example\\nVersion: %s\\n" % read().get("version", "5"))
    return "x.dist-info"
def build_wheel(folder):
    assert "version" not in read().get("dynamic", [])
    name = "example-%s-py3-none-any.whl" % read()["version"]
    with zipfile.ZipFile(folder + "/" + name, "w") as wheel: wheel.writestr("x.py", "")
    return name
`,
  };

  test("is taken from there", async () => {
    write(folder, { ...project(...own, "[project]", 'name = "example"', 'version = "5"'), ...backend });
    expect((await make(folder)).devPackages[0]!.version).toMatch(/^5\.post1\+h/);
  });

  test("that makes another version than it is told is refused", async () => {
    const other = backend["src/example/tools/own.py"].replace('read()["version"]', '"5"');
    write(folder, {
      ...project(...own, "[project]", 'name = "example"', 'version = "5"'),
      "src/example/tools/own.py": other,
    });
    await expect(make(folder)).rejects.toThrow(/example-5-py3-none-any\.whl is not of version 5\.post1\+h/);
  });

  test("is not taken for a module of the project, nor is that for one of Python's", async () => {
    const broken = "raise Exception('read')\n";
    write(folder, { ...project(...own, "[project]", 'name = "example"', 'version = "5"'), ...backend });
    write(folder, {
      "src/example/copy.py": broken,
      "src/example/own.py": broken,
      "src/example/json/__init__.py": broken,
    });
    expect((await make(folder)).devPackages[0]!.version).toMatch(/^5\.post1\+h/);
  });

  test.each([
    ["lists within a list", ["[project]", "x = [", '  ["y"],', "]", 'version = "5"']],
    [
      "its name in a string",
      ["[tool.x]", 'y = """', "[project]", 'version = "1"', '"""', "[project]", 'version = "5"'],
    ],
    ["a version in a string", ["[project]", 'x = """', 'version = "1"', '"""', 'version = "5"']],
    ["a version in quotes", ["[project]", `"version" = '5'`]],
    ["a table in a line", ['project = { version = "5" }']],
    ["its name before a dot", ['project.version = "5"']],
    ["a name in quotes", ['["project"]', 'version = "5"']],
    [
      "a version that is found out, after what is no end",
      ["[project]", "dynamic = [ # ]", '  "version", # "version"', "]"],
    ],
    ["a version that is found out, not the last one", ["[project]", 'dynamic = ["version" , "x"]']],
    [
      "a comment with both",
      ['# [project] "version"', "[project]", '# version = "1"', 'dynamic = ["version"]'],
    ],
    ["lines that end as on Windows", ["[project]\r", "# x\r", "version = '5'\r", 'x = """\r', '"""\r']],
    ["a version of another table", ["[project]", "[tool.x]", 'version = "1"']],
    ["a version of another table first", ["[tool.x]", 'version = "5"', "[project]", 'version = "5"']],
    ["tables below it first", ["[project.urls]", 'version = "1"', "[project]", 'version = "5"']],
    ["that of poetry", ["[tool.poetry]", 'version = "5"', "[tool.poetry.group.project]", "version = '1'"]],
  ])("gets its version, where pyproject.toml has %s", async (_what, lines) => {
    write(folder, { ...project(...lines, ...own), ...backend });
    expect((await make(folder)).devPackages[0]!.version).toMatch(/^5\.post1\+h/);
  });
});

test.each([
  ["a damaged file", "[build-system]\nbuild-backend = 'own'\n[project\n", /Expected .*\]/s],
  ["a backend that fails", "[build-system]\nbuild-backend = 'json'\n", /prepare_metadata_for_build_wheel/],
])("%s is named, with what its tool says", async (_what, text, said) => {
  write(folder, { "src/example/pyproject.toml": text });
  await expect(make(folder)).rejects.toMatchObject({
    code: "failed",
    message: expect.stringMatching(/^src\/example could not be packaged: /),
    hint: "Try its own build in src/example.",
  });
  await expect(make(folder)).rejects.toThrow(said);
});
