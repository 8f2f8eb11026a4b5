import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { Writable } from "node:stream";
import { writeArchive } from "../../packages/packaging/src/archive/archive.ts";
import { writeTar } from "../../packages/packaging/src/archive/archiver.ts";
import { readLayout } from "../../packages/packaging/src/archive/read-layout.ts";
import { fileContent, textEntry } from "../../packages/packaging/src/entries/entry.ts";
import { streamContent } from "../../packages/packaging/src/entries/read-content.ts";
import { readEntries } from "../../packages/packaging/src/entries/read-entries.ts";
import { walkFiles } from "../../packages/packaging/src/entries/walk-files.ts";
import { describeUnless, lacks } from "../bed/describe-with.ts";
import { make, namesIn, newFolder, pythonSite, run, textIn, write } from "./package-bed.ts";

const application = { buildCommand: ["make"] };

let folder: string;
beforeEach(() => {
  folder = newFolder();
  write(folder, { "buildout.cfg": "[first-site]\nhost = example.com\n" });
});
afterEach(() => rmSync(folder, { recursive: true }));

test("an archive is named by the hash of its bytes, and told by it first", async () => {
  const made = await make(folder, application);
  const hash = createHash("sha256").update(readFileSync(made.file)).digest("hex");
  expect(made.hash).toBe(hash);
  expect(made.file).toBe(join(folder, ".hostout", "packages", `deploy-${hash.slice(0, 12)}.tar`));
  expect(made.sizeBytes).toBe(statSync(made.file).size);
  expect(statSync(made.file).mode & 0o777).toBe(0o600);
  expect(made.lines).toEqual([
    `Creating release ${hash.slice(0, 12)}`,
    `Packaged 2 files into deploy-${hash.slice(0, 12)}.tar`,
  ]);
  expect(readdirSync(join(folder, ".hostout", "packages")).sort()).toEqual([
    basename(made.file).replace(/tar$/, "index"),
    basename(made.file),
    basename(markOf(made.file)),
    "last.json",
  ]);
});

test("the same content is the same bytes, whenever, wherever, in whatever order and for whatever group it was made", async () => {
  const files = { "a.txt": "1", "b/c.txt": "2", "ü.txt": "3", Z: "4" };
  const other = newFolder();
  write(other, { "buildout.cfg": readFileSync(join(folder, "buildout.cfg")) }, 0o664);
  write(folder, files);
  write(other, Object.fromEntries(Object.entries(files).reverse()), 0o664);
  utimesSync(join(other, "a.txt"), 1, 1);
  const [one, same] = [
    await make(folder, application),
    await make(other, { ...application, site: "another" }),
  ];
  expect(same.hash).toBe(one.hash);
  expect(readFileSync(same.file)).toEqual(readFileSync(one.file));
  writeFileSync(join(other, "Z"), "5");
  expect((await make(other, application)).hash).not.toBe(one.hash);
  rmSync(other, { recursive: true });
});

const modesIn = (archive: string) =>
  Object.fromEntries(
    run("/", "tar", "-tvf", archive)
      .trimEnd()
      .split("\n")
      .map((line) => [line.split(" ").at(-1), line.slice(0, 10)]),
  );

test("a file that others may not read here comes with that mode; no file is opened wider", async () => {
  write(folder, { "secret.txt": "1", "bin/tool": "2" }, 0o600);
  write(folder, { "of-group.txt": "3" }, 0o640);
  write(folder, { "page.html": "4" }, 0o664);
  chmodSync(join(folder, "bin/tool"), 0o700);
  expect(modesIn((await make(folder, application)).file)).toMatchObject({
    "bin/tool": "-rwx------",
    "of-group.txt": "-rw-r-----",
    "page.html": "-rw-r--r--",
    "secret.txt": "-rw-------",
  });
  chmodSync(join(folder, "secret.txt"), 0o644);
  expect(modesIn((await make(folder, application)).file)["secret.txt"]).toBe("-rw-r--r--");
});

test("where new files are closed to others, the same content is the same package", async () => {
  write(folder, { "page.html": "1" });
  const open = await make(folder, application);
  const other = newFolder();
  write(other, { "buildout.cfg": readFileSync(join(folder, "buildout.cfg")), "page.html": "1" }, 0o640);
  const before = process.umask(0o027);
  try {
    expect((await make(other, application)).hash).toBe(open.hash);
  } finally {
    process.umask(before);
    rmSync(other, { recursive: true });
  }
});

test("an empty folder is packaged", async () => {
  mkdirSync(join(folder, "var/log"), { recursive: true });
  mkdirSync(join(folder, "tmp"));
  write(folder, { "public/index.html": "" });
  mkdirSync(join(folder, "public/uploads"));
  expect(namesIn((await make(folder, application)).file)).toEqual([
    "buildout.cfg",
    "hostout-package.ini",
    "public/index.html",
    "public/uploads/",
    "tmp/",
    "var/log/",
  ]);
  const { file } = await make(folder, { ...application, include: ["tmp", "public"], exclude: ["uploads"] });
  expect(namesIn(file)).toEqual(["hostout-package.ini", "public/index.html", "tmp/"]);
});

test.each([
  ["the bit of a program", () => chmodSync(join(folder, "buildout.cfg"), 0o755), {}],
  ["a build command", () => {}, { buildCommand: ["make all"] }],
  ["parts", () => {}, { parts: ["one"] }],
  ["sudo-parts", () => {}, { sudoParts: ["one"] }],
])("%s makes another release", async (_what, change, settings) => {
  const before = await make(folder, application);
  change();
  expect((await make(folder, { ...application, ...settings })).hash).not.toBe(before.hash);
});

const odd = [
  "a b",
  `q'uo"te`,
  "new\nline",
  "back\\slash",
  "a:b",
  "ü/ö.txt",
  "x".repeat(120),
  `${"d".repeat(90)}/${"e".repeat(90)}/${"f".repeat(120)}`,
  "é".repeat(100),
  `${"long/".repeat(60)}end`,
  "--opt",
  "$(x)",
  "path=x",
  "emoji😀",
];

describe.each([[["tar"]], [["busybox", "tar"]]])("%j", (words) => {
  describeUnless(lacks(words[0]!, "--help"), "unpacks what was packaged", () => {
    test("names of all kinds, links and programs come out as they went in", async () => {
      for (const name of odd) write(folder, { [name]: name });
      chmodSync(join(folder, "--opt"), 0o700);
      mkdirSync(join(folder, "dir"));
      symlinkSync("../ü/ö.txt", join(folder, "dir", "back\\link"));
      symlinkSync(`${"y".repeat(150)}/../a b`, join(folder, "far"));
      symlinkSync(join(folder, "a b"), join(folder, "dir", "absolute"));
      const { file } = await make(folder, application);
      const out = newFolder();
      run(out, words[0]!, ...words.slice(1), "xf", file);
      for (const name of odd) expect(readFileSync(join(out, name), "utf8")).toBe(name);
      expect(statSync(join(out, "--opt")).mode & 0o777).toBe(0o700);
      expect(statSync(join(out, "a b")).mode & 0o777).toBe(0o644);
      expect(readlinkSync(join(out, "dir", "back\\link"))).toBe("../ü/ö.txt");
      expect(readlinkSync(join(out, "far"))).toBe(`${"y".repeat(150)}/../a b`);
      expect(readlinkSync(join(out, "dir", "absolute"))).toBe("../a b");
      rmSync(out, { recursive: true });
    });
  });
});

test("a link that leads out of the project and back leads there straight", async () => {
  write(folder, { "page.html": "" });
  symlinkSync(`../${basename(folder)}/page.html`, join(folder, "link"));
  const { file } = await make(folder, application);
  expect(run(folder, "tar", "-tvf", file)).toContain("link -> page.html\n");
});

test("a link that leads out of the project is refused", async () => {
  symlinkSync("../elsewhere", join(folder, "link"));
  await expect(make(folder, application)).rejects.toThrow(
    `${folder}/link is a link to ../elsewhere, which is not in the package`,
  );
});

test("so is what lies behind one, though include names it", async () => {
  const outside = newFolder();
  write(outside, { "sub/file": "x" });
  symlinkSync(outside, join(folder, "link"));
  for (const word of ["link", "link/sub", "link/sub/file", "./link/sub/"])
    await expect(make(folder, { ...application, include: [word] })).rejects.toThrow(outside);
  write(folder, { "real/sub/file": "x" });
  symlinkSync("real", join(folder, "inner"));
  const { file } = await make(folder, { ...application, include: ["inner/sub"] });
  expect(namesIn(file)).toEqual(["hostout-package.ini", "inner/sub/file"]);
  rmSync(outside, { recursive: true });
});

test("a link to what is here, and is not in the package, is told", async () => {
  write(folder, { "build/site/page.html": "", "build/one.html": "", "var/data": "", "node_modules/x/y": "" });
  for (const [path, target] of [
    ["htdocs", "build/site"],
    ["one.html", "build/one.html"],
    ["data", "var/data"],
    ["x", "node_modules/x"],
    ["made", "is/made/there"],
    ["again", "htdocs/page.html"],
  ] as const)
    symlinkSync(target, join(folder, path));
  const told = async (settings: Parameters<typeof make>[1]) =>
    (await make(folder, settings)).lines.filter((line) => line.includes("is a link to"));
  const include = ["htdocs/", "one.html", "data", "x", "made", "again"];
  const [htdocs, one, again] = [
    "warning: htdocs is a link to build/site, which is not in the package",
    "warning: one.html is a link to build/one.html, which is not in the package",
    "warning: again is a link to build/site/page.html, which is not in the package",
  ];
  expect(await told({ ...application, include })).toEqual([again, htdocs, one]);
  expect(await told({ buildout: "none.cfg", include })).toEqual([again, htdocs, one]);
  expect(await told({ buildout: "none.cfg", include: [...include, "build/site"] })).toEqual([one]);
  expect(await told({ ...application, exclude: ["build/one.html"] })).toEqual([]);
  expect(await told({ buildout: "none.cfg" })).toEqual([]);
});

test("what is called var and is no folder is refused: there a release leads to the data of the site", async () => {
  const refused = expect.stringContaining(
    "var is not a folder, and in a release var leads to the data of the site",
  );
  write(folder, { var: "x", "data/x": "", "app/var": "" });
  await expect(make(folder, application)).rejects.toMatchObject({ code: "failed", message: refused });
  await make(folder, { ...application, exclude: ["/var"] });
  rmSync(join(folder, "var"));
  symlinkSync("nowhere", join(folder, "var"));
  await expect(make(folder, application)).rejects.toMatchObject({ code: "failed", message: refused });
  rmSync(join(folder, "var"));
  symlinkSync("data", join(folder, "var"));
  await make(folder, application);
});

test("a special file is left out with a warning", async () => {
  expect(spawnSync("mkfifo", [join(folder, "pipe")]).status).toBe(0);
  const made = await make(folder, application);
  expect(made.lines).toContain("warning: pipe is neither a file nor a link and is left out");
  expect(namesIn(made.file)).toEqual(["buildout.cfg", "hostout-package.ini"]);
});

test("a large file is packaged whole", async () => {
  const bytes = Buffer.alloc(9 * 1024 * 1024 + 77, "0123456789");
  write(folder, { large: bytes, other: "x" });
  const { file } = await make(folder, application);
  const out = newFolder();
  run(out, "tar", "xf", file);
  expect(readFileSync(join(out, "large")).equals(bytes)).toBe(true);
  expect((await readLayout(file)).map(({ path }) => path)).toEqual([
    "buildout.cfg",
    "hostout-package.ini",
    "large",
    "other",
    "",
  ]);
  rmSync(out, { recursive: true });
});

test("what cannot be looked at stops the package, by its name", async () => {
  const gone = join(folder, "gone");
  await expect(walkFiles(gone)).rejects.toMatchObject({
    code: "failed",
    message: `${gone} went away while it was packaged`,
  });
  const long = "x".repeat(300);
  await expect(
    readEntries(folder, [long], { warn: () => undefined, linksOut: "refuse" }),
  ).rejects.toMatchObject({
    code: "failed",
    message: `${folder}/${long} cannot be read (ENAMETOOLONG)`,
  });
});

/** A file that was of that size. */
const seen = (file: string, size: number) => fileContent(file, { size, ino: 0, mtimeMs: 0, ctimeMs: 0 });

test.each([
  ["grew", "xx"],
  ["shrank", ""],
])("a file that %s while it was read stops the package", async (_how, text) => {
  const file = join(folder, "file");
  writeFileSync(file, text);
  const parts = async () => {
    for await (const _part of streamContent(seen(file, 1)));
  };
  await expect(parts()).rejects.toThrow(`${file} changed while it was packaged`);
});

test("a large file that is written while it is read stops the package", async () => {
  const file = join(folder, "file");
  const sizeBytes = 3 * 1024 * 1024;
  writeFileSync(file, Buffer.alloc(sizeBytes));
  const parts = async () => {
    for await (const _part of streamContent(seen(file, sizeBytes)))
      writeFileSync(file, Buffer.alloc(sizeBytes, 1));
  };
  await expect(parts()).rejects.toThrow("changed while it was packaged");
});

test.each([1024, 6 * 1024 * 1024])(
  "a file that is not what it was stops the archive, at %i bytes too",
  async (sizeBytes) => {
    const file = join(folder, "file");
    writeFileSync(file, Buffer.alloc(sizeBytes + 1));
    const entries = [{ path: "file", isExecutable: false, content: seen(file, sizeBytes) }];
    const into = join(folder, "packages");
    await expect(writeArchive(entries, into, { write: true })).rejects.toThrow(
      `${file} changed while it was packaged`,
    );
    expect(readdirSync(into)).toEqual([]);
    const gone = [{ path: "gone", isExecutable: false, content: seen(join(folder, "gone"), sizeBytes) }];
    await expect(writeArchive(gone, into, { write: true })).rejects.toThrow(
      "went away while it was packaged",
    );
    expect(readdirSync(into)).toEqual([]);
  },
);

test("what cannot be written fails, though what it was written to is only closed later", async () => {
  const into = new Writable({
    write: (_chunk, _encoding, done) => done(new Error("full")),
    destroy: (error, done) => void setTimeout(() => done(error), 50),
  });
  const entries = (function* () {
    for (let count = 0; count < 1000; count++) yield textEntry(`${count}`, "text");
  })();
  await expect(writeTar(entries, into)).rejects.toThrow("full");
});

// Root may mount a file system that is soon full.
describeUnless(
  lacks("sh", "-c", 'd=$(mktemp -d) && mount -t tmpfs none "$d" && umount "$d"'),
  "a disk that is full, or read-only",
  () => {
    test("a full one is told as that, and nothing half is left", async () => {
      const into = join(folder, "small");
      mkdirSync(into);
      run(folder, "mount", "-t", "tmpfs", "-o", "size=1m", "none", into);
      try {
        const content = { bytes: Buffer.alloc(4 * 1024 * 1024, 1) };
        await expect(
          writeArchive([{ path: "a", isExecutable: false, content }], into, { write: true }),
        ).rejects.toMatchObject({ code: "disk-full" });
        expect(readdirSync(into)).toEqual([]);
      } finally {
        run(folder, "umount", into);
      }
    });

    test("and so is a folder that may not be written to", async () => {
      const into = join(folder, "sealed");
      mkdirSync(into);
      run(folder, "mount", "-t", "tmpfs", "-o", "ro", "none", into);
      try {
        await expect(writeArchive([textEntry("a", "text")], into, { write: true })).rejects.toMatchObject({
          code: "refused",
          message: `no package can be written to ${into}: this account may not, or it is read-only`,
        });
      } finally {
        run(folder, "umount", into);
      }
    });
  },
);

test("the layout covers the archive, and each segment's hash is that of its bytes", async () => {
  for (const name of odd) write(folder, { [name]: name });
  const { file, sizeBytes } = await make(folder, application);
  const layout = await readLayout(file);
  const bytes = readFileSync(file);
  let offset = 0;
  for (const segment of layout) {
    expect(segment.offsetBlocks * 512).toBe(offset);
    const part = bytes.subarray(offset, offset + segment.blocks * 512);
    expect(segment.sha256).toBe(createHash("sha256").update(part).digest("hex"));
    offset += part.length;
  }
  expect(offset).toBe(sizeBytes);
  expect(layout.at(-1)!.path).toBe("");
  expect(new Set(layout.map(({ path }) => path))).toEqual(
    new Set([...odd, "buildout.cfg", "hostout-package.ini", ""]),
  );
});

test("a change in one file leaves the segments of the others as they are", async () => {
  write(folder, { a: "1", b: "1", c: "1" });
  const before = await readLayout((await make(folder, application)).file);
  write(folder, { b: "2".repeat(2000) });
  const known = new Set(before.map(({ sha256 }) => sha256));
  const after = await readLayout((await make(folder, application)).file);
  expect(after.filter(({ sha256 }) => !known.has(sha256)).map(({ path }) => path)).toEqual(["b"]);
});

test("an archive that is cut off has no layout", async () => {
  const { file } = await make(folder, application);
  const bytes = readFileSync(file);
  for (const length of [bytes.length - 1, 700, 512]) {
    writeFileSync(file, bytes.subarray(0, length));
    await expect(readLayout(file)).rejects.toThrow(`${file} is not a whole archive`);
  }
});

/** What says that this process needs an archive. */
const markOf = (file: string) => `${file}.${process.pid}.use`;

test("what a run needs is kept until its process ends, and however young it is not longer", async () => {
  const packages = join(folder, ".hostout", "packages");
  const names = (ending: string) => readdirSync(packages).filter((name) => name.endsWith(ending));
  for (const text of ["1", "2", "3", "4", "5", "6", "7"]) {
    write(folder, { file: text });
    const { file } = await make(folder, application);
    // No process has this number.
    if (text === "1") renameSync(markOf(file), `${file}.99999999.use`);
  }
  expect([names(".tar").length, names(".use").length]).toEqual([6, 6]);
  for (const name of names(".use"))
    renameSync(join(packages, name), join(packages, name.replace(/\d+\.use$/, "99999999.use")));
  await make(folder, application);
  expect([names(".tar").length, names(".use").length]).toEqual([5, 1]);
});

test("five archives are kept, and an old one that is made again counts as new", async () => {
  const names: string[] = [];
  for (const text of ["1", "2", "3", "4", "5", "1", "6"]) {
    write(folder, { file: text });
    const { file } = await make(folder, application);
    names.push(file);
    const at = 1_000_000 + names.length;
    utimesSync(file, at, at);
    rmSync(markOf(file));
  }
  const left = readdirSync(join(folder, ".hostout", "packages")).filter((name) => name.endsWith(".tar"));
  expect(left.map((name) => join(folder, ".hostout", "packages", name)).sort()).toEqual(
    [names[2]!, names[3]!, names[4]!, names[5]!, names[6]!].sort(),
  );
});

test("the index of an archive goes with it, and one whose archive is gone goes too", async () => {
  const packages = join(folder, ".hostout", "packages");
  const indexes: string[] = [];
  for (const text of ["1", "2", "3", "4", "5", "6"]) {
    write(folder, { file: text });
    const { file } = await make(folder, application);
    const at = 1_000_000 + indexes.length;
    utimesSync(file, at, at);
    rmSync(markOf(file));
    indexes.push(file.replace(/\.tar$/, ".index"));
  }
  writeFileSync(join(packages, "deploy-000000000000.index"), "");
  await make(folder, application);
  const left = readdirSync(packages).filter((name) => name.endsWith(".index"));
  expect(left.map((name) => join(packages, name)).sort()).toEqual(indexes.slice(1).sort());
});

test("a dry run finds out the hash and leaves nothing", async () => {
  const dry = await make(folder, application, { write: false });
  expect(readdirSync(folder)).toEqual(["buildout.cfg"]);
  expect(dry.hash).toBe((await make(folder, application)).hash);
});

test("without a build command and a buildout it is a folder of files", async () => {
  write(folder, { "site/index.html": "<p>", "notes.txt": "x", "site/draft.html": "" });
  const settings = { buildout: "none.cfg", include: ["site"], exclude: ["draft.*"] };
  const made = await make(folder, settings);
  expect(made.kind).toBe("files");
  expect(namesIn(made.file)).toEqual(["hostout-package.ini", "site/index.html"]);
});

test("lines of a build command are in the manifest as they are", async () => {
  const made = await make(folder, { buildCommand: ["npm ci", 'echo "a = b" ; # c', "true"] });
  expect(textIn(made.file, "hostout-package.ini")).toBe(
    '[package]\nbuild-command[] = npm ci\nbuild-command[] = "echo \\"a = b\\" ; # c"\nbuild-command[] = true\nformat = 1\nkind = application\n',
  );
});

test("include takes files, folders and patterns, and says when one is not there", async () => {
  write(folder, { "a/one.txt": "", "a/b/two.txt": "", "c.md": "", "d.txt": "" });
  const include = (...words: string[]) => make(folder, { ...application, include: words });
  expect(namesIn((await include("a", "c.md")).file)).toEqual([
    "a/b/two.txt",
    "a/one.txt",
    "c.md",
    "hostout-package.ini",
  ]);
  expect(namesIn((await include("*.txt")).file)).toHaveLength(4);
  expect(namesIn((await include("a/*.txt")).file)).toEqual(["a/one.txt", "hostout-package.ini"]);
  expect(namesIn((await include("./*.txt")).file)).toEqual(["d.txt", "hostout-package.ini"]);
  expect((await include("*.none")).lines).toContain("warning: include = *.none matches nothing");
  await expect(include("nowhere")).rejects.toThrow("include = nowhere does not exist");
  await expect(include("a c.md")).rejects.toMatchObject({ hint: expect.stringContaining("one a line") });
  const origin = { file: "/p/hostout.cfg", line: 3 };
  const origins = { include: origin, exclude: undefined };
  await expect(make(folder, { ...application, include: ["nowhere"], origins })).rejects.toMatchObject({
    origin,
  });
  await expect(include("../x")).rejects.toThrow("include = ../x is not in the project's folder");
  write(folder, { "..e.txt": "" });
  expect(namesIn((await include("..e.txt")).file)).toEqual(["..e.txt", "hostout-package.ini"]);
  mkdirSync(join(folder, "empty"));
  expect((await include("c.md", "empty")).lines).toContain("warning: include = empty has no files");
  expect(lstatSync(join(folder, ".hostout")).isDirectory()).toBe(true);
});

test.each([
  ["include", ["empty"]],
  ["include", ["*.html"]],
  ["exclude", ["*"]],
])(
  "a folder of files without a file, by %s = %j, is refused: nothing would be served",
  async (name, words) => {
    mkdirSync(join(folder, "empty"));
    const origin = { file: "/p/hostout.cfg", line: 3 };
    const settings = { buildout: "none.cfg", [name]: words, origins: { [name]: origin } };
    await expect(make(folder, settings)).rejects.toMatchObject({
      code: "bad-option",
      message: "the package of first-site would have no files",
      origin,
    });
    expect(existsSync(join(folder, ".hostout"))).toBe(false);
  },
);

test.each([".git", ".hostout/runs", "a/.svn"])(
  "what a tool keeps there is not to be included: %s",
  async (word) => {
    mkdirSync(join(folder, word), { recursive: true });
    await expect(make(folder, { ...application, include: [word] })).rejects.toMatchObject({
      code: "bad-option",
      message: `include = ${word} belongs to a tool, and to no package`,
    });
  },
);

test.each([
  ["include", "nowhere"],
  ["include", "../x"],
  ["include", "/etc/passwd"],
  ["include", "buildout.cfg/x"],
  ["include", "[z-a]"],
  ["exclude", "[z-a]"],
])("%s = %s is a fault of the configuration", async (name, word) => {
  const origin = { file: "/p/hostout.cfg", line: 3 };
  const faulty = { ...application, [name]: [word], origins: { [name]: origin } };
  await expect(make(folder, faulty)).rejects.toMatchObject({ code: "bad-option", exitCode: 2, origin });
  expect(existsSync(join(folder, ".hostout"))).toBe(false);
});

test.each(["file", "folder"])("a %s whose name is not UTF-8 is refused, not left out", async (kind) => {
  const odd = Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.from([0xe9])]);
  if (kind === "file") writeFileSync(odd, "");
  else mkdirSync(odd);
  await expect(make(folder, application)).rejects.toMatchObject({
    code: "failed",
    message: expect.stringMatching(/^the name of .*caf\uFFFD is not UTF-8$/),
  });
});

test("what looks as it did is not read again; a change that keeps size and time is seen all the same", async () => {
  writeFileSync(join(folder, "page"), "one");
  const past = new Date(Date.now() - 60_000);
  utimesSync(join(folder, "page"), past, past);
  const first = await make(folder, application);
  // Its status changed just now, so it is not taken for settled.
  expect(looksIn(folder)).toContain("");
  await new Promise((resolve) => setTimeout(resolve, 2600));
  expect((await make(folder, application)).hash).toBe(first.hash);
  expect(looksIn(folder)).not.toContain("");
  const read = readFileSync(first.file);
  expect((await make(folder, application)).hash).toBe(first.hash);
  writeFileSync(join(folder, "page"), "two");
  utimesSync(join(folder, "page"), past, past);
  const second = await make(folder, application);
  expect([second.hash === first.hash, read.equals(readFileSync(second.file))]).toEqual([false, false]);
  // An archive that went away is made again.
  rmSync(second.file);
  expect((await make(folder, application)).hash).toBe(second.hash);
  expect(existsSync(second.file)).toBe(true);
});

const looksIn = (project: string) =>
  JSON.parse(readFileSync(join(project, ".hostout", "packages", "last.json"), "utf8")).looks;

test("what is only served does not tell how it is deployed; what is built is told with its secrets", async () => {
  write(folder, {
    "index.html": "hello",
    "buildout.cfg": "[web]\nhost = a.example.com\npassword = hunter2\n",
  });
  // No buildout of that name: nothing is built.
  const served = await make(folder, { buildout: "none.cfg" });
  expect(namesIn(served.file)).toEqual(["hostout-package.ini", "index.html"]);
  const built = await make(folder, application);
  expect(textIn(built.file, "buildout.cfg")).toBe("[web]\nhost = a.example.com\n");
  expect(built.lines).toContainEqual(
    expect.stringMatching(
      /^warning: \[web\] password \(.*buildout\.cfg:3\) is a secret and stays on this machine$/,
    ),
  );
  expect(built.lines.join("\n")).not.toContain("hunter2");
});

test("a secret of the configuration is in no file of the package: not in copies of it, nor in the lines of a build", async () => {
  const text = "[defaults]\npassword =\n    hunter2\n# kept\n[web]\n<= defaults\nhost = a.example.com\n";
  write(folder, {
    "buildout.cfg": text,
    "buildout.cfg.bak": text,
    "buildout.cfg~": "[web]\nhost = b\n",
    "index.html": "",
  });
  const made = await make(folder, { buildCommand: ["./build hunter2 TOKEN=abcdef"], site: "web" });
  expect(textIn(made.file, "buildout.cfg")).toBe(
    "[defaults]\n# kept\n[web]\n<= defaults\nhost = a.example.com\n",
  );
  expect(namesIn(made.file)).toEqual(["buildout.cfg", "buildout.cfg~", "hostout-package.ini", "index.html"]);
  expect(readFileSync(made.file, "latin1")).not.toMatch(/hunter|abcdef/);
  expect(made.lines).toContainEqual(
    expect.stringMatching(
      /^warning: buildout\.cfg\.bak is not packaged, because that file holds \[defaults\] password/,
    ),
  );
});

test("a secret is told where it goes to the hosts by build-command", async () => {
  const secret = (lines: readonly string[]) => lines.filter((line) => line.includes(" is a secret"));
  write(folder, {
    "htdocs/index.html": "",
    "buildout.cfg": "[web]\nhost = a.example.com\npassword = hunter2\n",
  });
  expect(secret((await make(folder, { ...application, include: ["htdocs"] })).lines)).toEqual([]);
  for (const [line, name] of [
    ["./build hunter2", "[web] password"],
    ["NPM_TOKEN=abc npm ci", "NPM_TOKEN"],
    ["npm ci && fetch --password 'abc'", "--password"],
  ] as const) {
    const { lines } = await make(folder, { buildCommand: [line], include: ["htdocs"] });
    expect(secret(lines)).toEqual([expect.stringContaining(`${name} in build-command is a secret`)]);
    expect(lines.join("\n")).not.toMatch(/hunter2|abc/);
  }
  const fromHost = ['NPM_TOKEN=$(cat /etc/token) npm ci --password-file /etc/x --token "$T"'];
  expect(secret((await make(folder, { buildCommand: fromHost, include: ["htdocs"] })).lines)).toEqual([]);
});

const told = (lines: readonly string[]) =>
  lines.flatMap((line) => /^warning: (.*) looks like a secret, and goes to the hosts/.exec(line)?.[1] ?? []);

const keyText =
  "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjE=\n-----END OPENSSH PRIVATE KEY-----\n";

test.each([
  ["files", { buildout: "none.cfg" }],
  ["application", application],
  ["buildout", { include: ["."] }],
])("files that are secrets by their name are told, of kind %s", async (kind, settings) => {
  const secrets = {
    ".env": "A=1\n",
    ".gnupg/secring.gpg": "x",
    ".htpasswd": "me:x\n",
    "app/keystore.jks": "x",
    "app/secrets.yml": "a: b\n",
    "app/server.pem": keyText,
    "credentials.json": "{}",
    "service_account.json": "{}",
    "token.json": "{}",
    ".git-credentials": "https://me:x@example.com\n",
    ".netrc": "machine a login b password c\n",
    ".npmrc": "//registry.example.com/:_authToken=x\n",
    ".pgpass": "*:*:*:*:x\n",
    "conf/.env.production": "A=1\n",
    "conf/server.key": keyText,
    "home/.aws/credentials": "[default]\n",
    id_ed25519: keyText,
  };
  write(folder, { ...secrets, "index.html": "" });
  const { lines, ...made } = await make(folder, settings);
  expect(made.kind).toBe(kind);
  expect(told(lines)).toEqual(Object.keys(secrets).sort().slice(0, 10));
  expect(lines).toContain("warning: 7 more files look like secrets, and go to the hosts");
  expect(lines).toContain(
    "warning: .env looks like a secret, and goes to the hosts, where everybody may read it; 'exclude' leaves it out",
  );
  expect(
    told((await make(folder, { ...settings, exclude: [".*", "id_*", "*.key", "*.json", "app"] })).lines),
  ).toEqual([]);
});

test("private keys are told that only their owner may read, whatever they are called", async () => {
  write(
    folder,
    {
      deploy: keyText,
      "both.pem": `-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----\n${keyText}`,
    },
    0o600,
  );
  write(folder, { "a.txt": "x", "cert.pem": "-----BEGIN CERTIFICATE-----\nMII=\n" }, 0o600);
  write(folder, { "docs.md": keyText });
  expect(told((await make(folder, application)).lines)).toEqual(["both.pem", "deploy"]);
});

test("what is ordinary is not told for a secret", async () => {
  write(folder, {
    ".env.example": "A=\n",
    ".npmrc": "save-exact=true\n",
    "archive.key": "-----BEGIN PGP PUBLIC KEY BLOCK-----\n",
    "env/keys.js": 'const begin = "-----BEGIN PRIVATE KEY-----";\n',
    "id_ed25519.pub": "ssh-ed25519 AAAA\n",
    "keynote.html": "",
    "ca.pem": "-----BEGIN CERTIFICATE-----\nMII=\n",
    "secrets.example.yml": "a:\n",
    "src/tokens.json": "{}",
    "talk.key": Buffer.alloc(100_000),
  });
  chmodSync(join(folder, "env/keys.js"), 0o600);
  symlinkSync("keynote.html", join(folder, "id_rsa"));
  expect(told((await make(folder, application)).lines)).toEqual([]);
});

test("files that Git LFS did not fetch are told, also those of development packages", async () => {
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"ab".repeat(32)}\nsize 12345\n`;
  write(folder, {
    "logo.png": pointer,
    "notes.md": "version https://git-lfs.github.com/spec/v1 is what it says\n".repeat(3),
  });
  const { lines } = await make(folder, application);
  expect(lines.filter((line) => line.includes("LFS"))).toEqual([
    "warning: Git LFS did not fetch logo.png: only its pointer is packaged; 'git lfs pull' fetches it",
  ]);
  write(folder, { ...pythonSite, "src/example/example/logo.png": pointer });
  expect((await make(folder)).lines).toContainEqual(
    expect.stringContaining("did not fetch src/example/example/logo.png"),
  );
});

test("of many secrets the first are told, and how many there are besides", async () => {
  write(folder, Object.fromEntries(Array.from({ length: 13 }, (_, at) => [`${10 + at}.key`, ""])));
  const { lines } = await make(folder, application);
  expect(told(lines)).toHaveLength(10);
  expect(lines).toContain("warning: 3 more files look like secrets, and go to the hosts");
});
