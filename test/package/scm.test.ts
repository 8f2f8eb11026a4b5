import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findWorkingCopy } from "../../packages/scm/src/working-copy.ts";
import type { Run } from "../../packages/scm/src/workshop.ts";
import { describeUnless, lacks } from "../bed/describe-with.ts";
import { commit, make, namesIn, newFolder, pythonSite, run, write } from "./package-bed.ts";
import { runHere } from "./run-here.ts";

const application = { buildCommand: ["make"] };
const files = {
  "buildout.cfg": "[first-site]\nhost = example.com\n",
  "app/main.js": "1",
  "__pycache__/x.pyc": "",
  "node_modules/x/index.js": "",
};

let folder: string;
beforeEach(() => {
  folder = newFolder();
  write(folder, files);
});
afterEach(() => rmSync(folder, { recursive: true }));

test("without version control a project is all but what tools make, and has no revision", async () => {
  const made = await make(folder, application);
  expect(namesIn(made.file)).toEqual(["app/main.js", "buildout.cfg", "hostout-package.ini"]);
  expect(made.scm).toBeUndefined();
});

test("without version control the .gitignore files of the project say what is none of it", async () => {
  write(folder, {
    ".gitignore": "node_modules\n*.py[co]\n*.log\n!keep.log\n/build/\ndocs/**/*.pdf\n\\#odd\n# none\n",
    "sub/.gitignore": "private\n!a.log\n",
    ...Object.fromEntries(
      [
        "a.log",
        "keep.log",
        "build/x",
        "src/build/x",
        "docs/a/b.pdf",
        "docs/a.txt",
        "#odd",
        "sub/private/x",
        "sub/a.log",
      ].map((name) => [name, ""]),
    ),
  });
  const made = await make(folder, application);
  const names = [
    ".gitignore",
    "app/main.js",
    "buildout.cfg",
    "docs/a.txt",
    "hostout-package.ini",
    "keep.log",
    "src/build/x",
    "sub/.gitignore",
    "sub/a.log",
  ];
  expect(namesIn(made.file)).toEqual(names);
  // A folder that is named is meant, ignored or not.
  expect(namesIn((await make(folder, { ...application, include: ["build", "sub"] })).file)).toEqual([
    "build/x",
    "hostout-package.ini",
    "sub/.gitignore",
    "sub/a.log",
  ]);
  commit(folder, "git");
  expect(namesIn((await make(folder, application)).file)).toEqual(names);
});

test.each(["git", "no version control"])(
  "a part of a named folder that is ignored is told, by %s",
  async (kind) => {
    write(folder, {
      ".gitignore": "build\n*.log\n",
      "public/index.html": "",
      "public/build/app.js": "",
      "public/a.log": "",
    });
    if (kind === "git") commit(folder, "git");
    const warnings = async (settings: object) =>
      (await make(folder, { ...application, ...settings })).lines.filter((line) =>
        line.startsWith("warning"),
      );
    expect(await warnings({ include: ["public"] })).toEqual([
      "warning: include = public: version control ignores public/build, so the package is without; to take it, name it in include too, else in exclude",
    ]);
    expect(await warnings({ include: ["public", "public/build"] })).toEqual([]);
    expect(await warnings({ include: ["public"], exclude: ["build"] })).toEqual([]);
  },
);

test("an empty folder of a git repository is packaged, unless it is ignored", async () => {
  write(folder, { ".gitignore": "cache\nnode_modules\n__pycache__\n", "src/a.txt": "" });
  commit(folder, "git");
  for (const name of ["src/tmp", "cache", "new/inner"]) mkdirSync(join(folder, name), { recursive: true });
  write(folder, { "new/b.txt": "" });
  expect(namesIn((await make(folder, application)).file)).toEqual([
    ".gitignore",
    "app/main.js",
    "buildout.cfg",
    "hostout-package.ini",
    "new/b.txt",
    "new/inner/",
    "src/a.txt",
    "src/tmp/",
  ]);
});

test("without version control a folder of packages has those that they need where it is named", async () => {
  write(folder, { "node_modules/x/node_modules/y/a.js": "", "app/node_modules/z/a.js": "" });
  const made = await make(folder, { ...application, include: ["app", "node_modules/x"] });
  expect(namesIn(made.file)).toEqual([
    "app/main.js",
    "hostout-package.ini",
    ...["node_modules/x/index.js", "node_modules/x/node_modules/y/a.js"],
  ]);
});

const kinds = [
  { kind: "git", ignore: { ".gitignore": "__pycache__\nnode_modules\n.hostout\nsecret\n" } },
  { kind: "hg", ignore: { ".hgignore": "syntax: glob\n__pycache__\nnode_modules\n.hostout\nsecret\n" } },
] as const;

describe.each(kinds)("with $kind", ({ kind, ignore }) => {
  describeUnless(lacks(kind, "--version"), "a project", () => {
    test("is what is tracked and what is not ignored, in its present state", async () => {
      write(folder, { ...ignore, secret: "x", gone: "x" });
      commit(folder, kind);
      rmSync(join(folder, "gone"));
      write(folder, { new: "x" });
      const made = await make(folder, application);
      const [name] = Object.keys(ignore);
      expect(namesIn(made.file)).toEqual([name, "app/main.js", "buildout.cfg", "hostout-package.ini", "new"]);
    });

    test("has a revision, and is dirty when anything differs from it", async () => {
      write(folder, ignore);
      commit(folder, kind);
      const clean = await make(folder, application);
      expect(clean.scm).toEqual({ kind, revision: expect.stringMatching(/^[0-9a-f]{40}$/), isDirty: false });
      write(folder, { "app/main.js": "2" });
      expect((await make(folder, application)).scm!.isDirty).toBe(true);
      commit(folder, kind);
      write(folder, { "app/new.js": "" });
      expect((await make(folder, application)).scm!.isDirty).toBe(true);
    });

    test("is dirty when a development package is, outside of its folder or in a repository of its own", async () => {
      rmSync(folder, { recursive: true });
      const project = join(folder, "project");
      const setup = (name: string) => `from setuptools import setup\nsetup(name="${name}", version="1")\n`;
      write(folder, {
        "project/buildout.cfg": "[buildout]\ndevelop = ../lib own\n",
        "project/.gitignore": "own\n",
        "project/.hgignore": "syntax: glob\nown\n",
        "lib/setup.py": setup("lib"),
        "lib/lib.egg-info/PKG-INFO": "",
      });
      write(join(project, "own"), { "setup.py": setup("own") });
      commit(join(project, "own"), kind);
      commit(folder, kind);
      write(folder, { "lib/other.egg-info/PKG-INFO": "" });
      expect((await make(project)).scm?.isDirty).toBe(false);
      for (const file of [join(folder, "lib/setup.py"), join(project, "own/setup.py")]) {
        const text = readFileSync(file, "utf8");
        writeFileSync(file, `${text}# edited\n`);
        expect((await make(project)).scm?.isDirty).toBe(true);
        writeFileSync(file, text);
      }
    });

    test("is not dirty for what packaging writes itself", async () => {
      rmSync(folder, { recursive: true });
      write(folder, pythonSite);
      commit(folder, kind);
      await make(folder);
      expect((await make(folder)).scm!.isDirty).toBe(false);
    });

    // Root may read everything, so it asks as somebody else.
    describeUnless(process.getuid?.() === 0 ? lacks("setpriv", "--version") : undefined, "asked", () => {
      test("names a folder that it may not read, unless that is ignored", async () => {
        write(folder, { ...ignore, "secret/x": "" });
        commit(folder, kind);
        write(folder, { "closed/x": "" });
        const isRoot = process.getuid?.() === 0;
        if (isRoot) run(folder, "chown", "-R", "65534:65534", ".");
        const scratch = join(folder, ".hostout");
        mkdirSync(scratch);
        chmodSync(scratch, 0o777);
        const as = isRoot
          ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "env", `HOME=${scratch}`]
          : [];
        const asked: Run = (words, options) => runHere([...as, ...words], options);
        const scm = (await findWorkingCopy(folder, {
          run: asked,
          note: () => undefined,
          warn: () => undefined,
          scratch,
        }))!;
        for (const name of ["secret", "closed"]) chmodSync(join(folder, name), 0);
        try {
          await expect(scm.list()).rejects.toMatchObject({
            code: "failed",
            message: `${join(folder, "closed")} cannot be read (Permission denied)`,
          });
          expect(await scm.edits()).toEqual([]);
          chmodSync(join(folder, "closed"), 0o755);
          expect(await scm.list()).toContain("closed/x");
        } finally {
          for (const name of ["secret", "closed"]) chmodSync(join(folder, name), 0o755);
        }
      });
    });

    test("may lie below the repository's folder", async () => {
      write(join(folder, "inner"), { ...files, "a b": "x" });
      write(folder, ignore);
      commit(folder, kind);
      const made = await make(join(folder, "inner"), application);
      expect(namesIn(made.file)).toEqual(["a b", "app/main.js", "buildout.cfg", "hostout-package.ini"]);
    });

    test("gives the same archive as without version control", async () => {
      const plain = await make(folder, { ...application, exclude: [".gitignore", ".hgignore"] });
      rmSync(join(folder, ".hostout"), { recursive: true });
      write(folder, ignore);
      commit(folder, kind);
      const tracked = await make(folder, { ...application, exclude: [".gitignore", ".hgignore"] });
      expect(tracked.hash).toBe(plain.hash);
    });

    test("has a folder that is ignored where it is named", async () => {
      write(folder, { ...ignore, "secret/key": "x" });
      commit(folder, kind);
      const made = await make(folder, { ...application, include: ["secret"] });
      expect(namesIn(made.file)).toEqual(["hostout-package.ini", "secret/key"]);
    });

    test("has all of a folder that is ignored where it is named, also what else would be made", async () => {
      const packages = { "node_modules/x/node_modules/y/a.js": "", "secret/node_modules/z/a.js": "" };
      write(folder, { ...ignore, ...packages, "secret/main.js": "x" });
      commit(folder, kind);
      const made = await make(folder, { ...application, include: ["node_modules", "secret"] });
      expect(namesIn(made.file)).toEqual([
        "hostout-package.ini",
        ...["node_modules/x/index.js", "node_modules/x/node_modules/y/a.js"],
        ...["secret/main.js", "secret/node_modules/z/a.js"],
      ]);
    });

    test("warns of a named folder of which only what keeps it there is tracked", async () => {
      write(folder, { ...ignore, "dist/.gitkeep": "" });
      commit(folder, kind);
      write(folder, { "dist/secret": "x" });
      const { lines } = await make(folder, { ...application, include: ["dist"] });
      expect(lines).toContain(
        `warning: include = dist: only dist/.gitkeep is packaged, because version control ignores the rest; to take all of it: include = dist/*`,
      );
      const all = await make(folder, { ...application, include: ["dist/*"] });
      expect(namesIn(all.file)).toEqual(["dist/.gitkeep", "dist/secret", "hostout-package.ini"]);
      expect(all.lines.join()).not.toContain("warning");
    });
  });
});

describeUnless(lacks("git", "--version"), "git", () => {
  test("a repository without a commit has no revision", async () => {
    run(folder, "git", "init", "-q");
    expect((await make(folder, application)).scm).toBeUndefined();
  });

  test("what a hook of another repository says of itself is not meant", async () => {
    commit(folder, "git");
    process.env.GIT_DIR = join(folder, "nowhere");
    try {
      expect((await make(folder, application)).scm!.kind).toBe("git");
    } finally {
      delete process.env.GIT_DIR;
    }
  });

  test("a name that is not UTF-8 is refused", async () => {
    commit(folder, "git");
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xe4])]), "");
    await expect(make(folder, application)).rejects.toThrow("is not UTF-8");
  });

  test("a repository within the repository comes along", async () => {
    const inner = join(folder, "inner");
    write(inner, { file: "x", ".gitignore": "left\n", left: "" });
    commit(inner, "git");
    write(folder, kinds[0].ignore);
    commit(folder, "git");
    writeFileSync(join(inner, "new"), "");
    const made = await make(folder, application);
    expect(namesIn(made.file).filter((name) => name.startsWith("inner/"))).toEqual([
      "inner/.gitignore",
      "inner/file",
      "inner/new",
    ]);
  });
});

describeUnless(lacks("git", "--version"), "git", () => {
  test("a submodule that is not checked out is told, and has no files", async () => {
    write(folder, { ".gitignore": "__pycache__\nnode_modules\n.hostout\n", "sub/keep": "" });
    rmSync(join(folder, "sub/keep"));
    commit(folder, "git");
    const revision = run(folder, "git", "rev-parse", "HEAD").trim();
    run(folder, "git", "update-index", "--add", "--cacheinfo", `160000,${revision},sub`);
    const made = await make(folder, application);
    expect(namesIn(made.file)).not.toContainEqual(expect.stringContaining("sub"));
    expect(made.lines).toContain(`warning: ${join(folder, "sub")} is a submodule that is not checked out`);
  });

  test("edits in a submodule are edits", async () => {
    write(join(folder, "sub"), { file: "1" });
    commit(join(folder, "sub"), "git");
    write(folder, { ".gitignore": "__pycache__\nnode_modules\n.hostout\n" });
    run(folder, "git", "init", "-q");
    run(folder, "git", "-c", "advice.addEmbeddedRepo=false", "add", "sub");
    commit(folder, "git");
    expect((await make(folder, application)).scm?.isDirty).toBe(false);
    write(folder, { "sub/file": "2" });
    expect((await make(folder, application)).scm?.isDirty).toBe(true);
  });

  test("a branch without a commit has no revision, whatever others have", async () => {
    commit(folder, "git");
    run(folder, "git", "checkout", "-q", "--orphan", "new");
    expect((await make(folder, application)).scm).toBeUndefined();
  });
});
