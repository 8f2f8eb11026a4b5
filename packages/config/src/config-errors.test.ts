import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ConfigError } from "./config-error.ts";
import { readConfig } from "./read/read-config.ts";

// These tests compare the whole message of each kind of error. `@` replaces the folder and the address of the
// server.
let folder: string;
let server: Server;
let address: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === "/x.cfg") response.end("[s]\na = 1\n");
    else if (request.url === "/dirs.cfg") response.end("[buildout]\neggs-directory = eggs\n");
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hostout-errors-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Case {
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  /** The section to resolve. Without one, the reading itself fails. */
  readonly section?: string;
  readonly assignments?: readonly string[];
  readonly root?: string;
}

async function faultOf({ files, section, assignments = [], root = "a.cfg" }: Case): Promise<ConfigError> {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), typeof text === "string" ? text.replaceAll("@server", address) : text);
  }
  try {
    const file = root.replace("@server", address);
    const config = await readConfig(file, { assignments, folder, environment: {} });
    if (section !== undefined) config.section(section);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("it was read without a fault");
}

async function told(one: Case): Promise<string> {
  const fault = await faultOf(one);
  return [fault.message, ...fault.explain(), ""]
    .join("\n")
    .replaceAll(folder, "@")
    .replaceAll(address, "@server");
}

test("missing-file: the root file", async () => {
  expect(await told({ files: {}, root: "gone.cfg" })).toBe("@/gone.cfg does not exist\n");
});

test("missing-file: an extended file, with the chain that leads to it", async () => {
  const files = {
    "a.cfg": "[buildout]\nextends = etc/b.cfg\n",
    "etc/b.cfg": "[buildout]\nextends =\n    c.cfg\n    ../gone.cfg\n",
    "etc/c.cfg": "",
  };
  expect(await told({ files })).toBe(`'../gone.cfg', which is @/gone.cfg, does not exist
  at @/etc/b.cfg:4:5
        ../gone.cfg
        ^^^^^^^^^^^
    extended at @/a.cfg:2
  try: Names in extends are relative to the file that says them.
`);
});

test("missing-file: a folder", async () => {
  expect(await told({ files: { "x/a.cfg": "" }, root: "x" })).toBe("@/x is a folder\n");
});

test("decode-error", async () => {
  const latin = Buffer.from("[a]\nname = J\xfcrgen\n", "latin1");
  expect(await told({ files: { "a.cfg": latin } })).toBe(`a character is not UTF-8
  at @/a.cfg:2
  try: Convert the file: iconv -f latin1 -t utf-8 @/a.cfg
`);
});

test("decode-error: a file in UTF-16, as Windows writes it", async () => {
  const wide = Buffer.from("\ufeff[a]\nname = x\n", "utf16le");
  expect(await told({ files: { "a.cfg": wide } })).toContain("iconv -f utf-16 -t utf-8");
});

test("no-section-header", async () => {
  expect(await told({ files: { "a.cfg": "# parts\nparts = a\n" } })).toBe(`this line stands before any section
  at @/a.cfg:2:1
    parts = a
    ^^^^^^^^^
  try: Begin with a section: [buildout]
`);
});

test("no-section-header: the first header is malformed", async () => {
  expect(await told({ files: { "a.cfg": "[build out]\n" } })).toBe(`the first section's header is malformed
  at @/a.cfg:1:1
    [build out]
    ^^^^^^^^^^^
  try: A header is [name], without blanks or brackets in the name, and only a comment after it.
`);
});

test("parse-error: every bad line, each with its hint, and no secret", async () => {
  const text = "[a]\n  indented\nname: value\nx = 1\ntwo words = 1\n[b c]\nalone\npassword: hunter2\n";
  expect(await told({ files: { "a.cfg": text } })).toBe(`6 lines are neither options nor sections
  at @/a.cfg:2
also: this line is neither an option nor a section
  at @/a.cfg:2:1
      indented
    ^^^^^^^^^^
  try: Only lines below an option are indented.
also: this line is neither an option nor a section
  at @/a.cfg:3:1
    name: value
    ^^^^^^^^^^^
  try: Options are written name = value.
also: this line is neither an option nor a section
  at @/a.cfg:5:1
    two words = 1
    ^^^^^^^^^^^^^
  try: The name of an option has no blanks, brackets or braces.
also: this line is neither an option nor a section
  at @/a.cfg:6:1
    [b c]
    ^^^^^
  try: A header is [name], without blanks or brackets in the name, and only a comment after it.
also: this line is neither an option nor a section
  at @/a.cfg:7:1
    alone
    ^^^^^
  try: An option is name = value in the first column; further lines of a value are indented.
also: this line is neither an option nor a section
  at @/a.cfg:8:1
    password: ***
    ^^^^^^^^^^^^^
  try: Options are written name = value.
`);
});

test("condition-error: a name that is not known", async () => {
  const files = { "a.cfg": "[a]\nx = 1\n[a: python3 and nosuch > 2]\nx = 2\n" };
  expect(
    await told({ files }),
  ).toBe(`the condition 'python3 and nosuch > 2' cannot be evaluated: the name 'nosuch' is not known
  at @/a.cfg:3:17
    [a: python3 and nosuch > 2]
                    ^^^^^^
  try: Known are python3, python311, linux, bits64 and the like, sys.version_info, sys.platform, os.environ, platform.machine() and its kind, and markers such as python_version >= '3.9'.
`);
});

test("recursive-include: the whole chain, over names that differ", async () => {
  const files = {
    "a.cfg": "[buildout]\nextends = sub/../b.cfg\n",
    "b.cfg": "[buildout]\nparts =\nextends = sub/c.cfg\n",
    "sub/c.cfg": "[buildout]\nextends = ../b.cfg\n",
  };
  expect(await told({ files })).toBe(`@/b.cfg extends itself
  at @/sub/c.cfg:2:11
    extends = ../b.cfg
              ^^^^^^^^
    extends sub/c.cfg at @/b.cfg:3
    extends ../b.cfg at @/sub/c.cfg:2
    extended at @/a.cfg:2
  try: Take one of these names out of extends.
`);
});

test("extended-by", async () => {
  expect(
    await told({ files: { "a.cfg": "[buildout]\nextended-by = b.cfg\n" } }),
  ).toBe(`the option extended-by is not supported
  at @/a.cfg:2:1
    extended-by = b.cfg
    ^^^^^^^^^^^^^^^^^^^
  try: Write extends in the other file.
`);
});

test("bad-extends-cache", async () => {
  const files = { "a.cfg": "[buildout]\nextends-cache = ${buildout:directory}/c\n" };
  expect(
    await told({ files }),
  ).toBe(`extends-cache is '\${buildout:directory}/c', and nothing is known yet that could replace a reference
  at @/a.cfg:2:17
    extends-cache = \${buildout:directory}/c
                    ^^^^^^^^^^^^^^^^^^^^^^^
  try: Write the folder's path, relative to the file or absolute.
`);
});

test("missing-cache", async () => {
  const files = { "a.cfg": "[buildout]\nextends-cache = c\nextends = @server/x.cfg\n" };
  expect(await told({ files })).toBe(
    `the folder @/c, named by extends-cache (@/a.cfg:2), does not exist
  at @/a.cfg:3:11
    extends = @server/x.cfg
              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  try: Make it: mkdir -p @/c
`.replace(/\^+/, "^".repeat(address.length + "/x.cfg".length)),
  );
});

test("download-error, in a file that is extended", async () => {
  const files = {
    "a.cfg": "[buildout]\nextends = b.cfg\n",
    "b.cfg": "[buildout]\nextends = @server/gone.cfg\n",
  };
  expect(await told({ files })).toBe(
    `@server/gone.cfg cannot be read: HTTP 404 Not Found
  at @/b.cfg:2:11
    extends = @server/gone.cfg
              ^
    extended at @/a.cfg:2
  try: If the address is gone, put a copy of the file beside this one, and write: extends = gone.cfg
`.replace(/\^+/, "^".repeat(address.length + "/gone.cfg".length)),
  );
});

test("offline", async () => {
  const files = { "a.cfg": "[buildout]\noffline = true\nextends = @server/x.cfg\n" };
  expect(await told({ files })).toBe(
    `@server/x.cfg cannot be read: offline = true (@/a.cfg:2), and there is no extends-cache
  at @/a.cfg:3:11
    extends = @server/x.cfg
              ^
  try: Run it once with buildout:offline=false.
`.replace(/\^+/, "^".repeat(address.length + "/x.cfg".length)),
  );
});

test("hash-mismatch", async () => {
  const wrong = "0".repeat(64);
  const found = createHash("sha256").update("[s]\na = 1\n").digest("hex");
  const files = { "a.cfg": `[buildout]\nextends = @server/x.cfg#sha256=${wrong}\n` };
  // The message shows only a part of a long line.
  const line = `extends = ${address}/x.cfg#sha256=${wrong}`.slice(0, 100);
  expect(
    await told({ files }),
  ).toBe(`@server/x.cfg is not what is pinned: its sha256 is ${found}, not ${wrong}
  at @/a.cfg:2:11
    ${line.replace(address, "@server")}
              ${"^".repeat(90)}
  try: If the change is meant, look at what changed and pin the new one.
`);
});

test("ambiguous-directory: a relative folder in a file from elsewhere", async () => {
  const files = { "a.cfg": "[buildout]\nextends = @server/dirs.cfg\n" };
  expect(
    await told({ files }),
  ).toBe(`eggs-directory = eggs is not absolute, and stands in a file from elsewhere
  at @server/dirs.cfg:2:18
    eggs-directory = eggs
                     ^^^^
  try: Give an absolute path, or set it in a file of this machine.
`);
});

test("missing-directory: the root is a URL", async () => {
  expect(
    await told({ files: {}, root: "@server/x.cfg" }),
  ).toBe(`@server/x.cfg is not a file of this machine, and [buildout] has no directory
  try: Give the folder of the project: buildout:directory=/srv/project
`);
});

test("bad-boolean", async () => {
  expect(await told({ files: { "a.cfg": "[buildout]\nnewest = yes\n" } })).toBe(`newest is 'yes'
  at @/a.cfg:2:10
    newest = yes
             ^^^
  try: Write true or false.
`);
});

test("bad-assignment", async () => {
  expect(
    await told({ files: { "a.cfg": "" }, assignments: ["a:b:c=x"] }),
  ).toBe(`'a:b:c' cannot be set: the form is section:option
  try: Write section:option=value, or option=value for the section [buildout].
`);
});

test("too-large: files that extend others twice, over and over", async () => {
  const files: Record<string, string> = { "f0.cfg": "[a]\nx += 1\n" };
  for (let level = 1; level < 40; level++)
    files[`f${level}.cfg`] = `[buildout]\nextends = f${level - 1}.cfg f${level - 1}.cfg\n`;
  const text = await told({ files, root: "f39.cfg" });
  expect(text).toMatch(/^the files extend each other more than 10000 times\n {2}at @\/f\d+.cfg:2:1\n/);
  expect(text).toMatch(
    / {2}try: A file that is extended over two others is read twice. Extend each file once.\n$/,
  );
});

test("too-large: values that refer to another twice, over and over", async () => {
  const lines = Array.from({ length: 60 }, (_, index) => `v${index + 1} = \${:v${index}}\${:v${index}}`);
  const text = await told({ files: { "a.cfg": `[a]\nv0 = x\n${lines.join("\n")}\n` }, section: "a" });
  expect(text).toMatch(
    /^a:v\d+: references put in more than \d+ characters, all together\n {2}at @\/a.cfg:\d+:1\n/,
  );
});

test("macro-loop: the chain, with the line of each", async () => {
  const files = { "a.cfg": "[a]\n<= b\n[b]\nx = 1\n<= c\n[c]\n<= a\n" };
  expect(
    await told({ files, section: "a" }),
  ).toBe(`sections take each other's options in a circle: a <= b <= c <= a
  at @/a.cfg:7:1
    <= a
    ^^^^
    [a] <= b at @/a.cfg:2
    [b] <= c at @/a.cfg:5
    [c] <= a at @/a.cfg:7
  try: Take one of these names out of <=.
`);
});

test("macro-missing-section, with a near name, and by which section", async () => {
  const files = { "a.cfg": "[base]\n[b]\n<= bse\n[a]\n<= b\n" };
  expect(await told({ files, section: "a" })).toBe(`[b] takes the options of 'bse', which is not a section
  at @/a.cfg:3:4
    <= bse
       ^^^
    [a] <= b at @/a.cfg:5
  try: Did you mean 'base'?
`);
});

test("macro-missing-section: two names on a line", async () => {
  const files = { "a.cfg": "[b]\n[c]\n[a]\n<= b c\n" };
  expect(await told({ files, section: "a" })).toBe(`[a] takes the options of 'b c', which is not a section
  at @/a.cfg:4:4
    <= b c
       ^^^
  try: Names of several sections go on lines of their own.
`);
});

test("missing-section, in the line of the value that has it", async () => {
  const files = { "a.cfg": "[instance]\n[a]\nx =\n    one\n# no\n    ${instanc:two} three\n" };
  expect(await told({ files, section: "a" })).toBe(`a:x refers to the section 'instanc', which does not exist
  at @/a.cfg:6:5
        \${instanc:two} three
        ^^^^^^^^^^^^^^
  try: Did you mean 'instance'?
`);
});

test("missing-section: a part that another depends on, and [versions]", async () => {
  expect(
    await told({ files: { "a.cfg": "[a]\n=> b\n" }, section: "a" }),
  ).toBe(`a:<part-dependencies> names the section 'b', which does not exist
  at @/a.cfg:2:4
    => b
       ^
`);
  expect(
    await told({ files: { "a.cfg": "[buildout]\nversions = pins\n" }, section: "buildout" }),
  ).toBe(`buildout:versions names the section 'pins', which does not exist
  at @/a.cfg:2:12
    versions = pins
               ^^^^
`);
});

test("missing-option, in the file that says it, with how it is needed", async () => {
  const files = {
    "a.cfg": "[buildout]\nextends = b.cfg\n[a]\nx = ${b:fine}\n",
    "b.cfg": "[b]\nfine = 1\nbad = ${:fin}\n",
  };
  expect(await told({ files, section: "a" })).toBe(`b:bad refers to b:fin, and [b] has no option 'fin'
  at @/b.cfg:3:7
    bad = \${:fin}
          ^^^^^^^
    needed by a:x at @/a.cfg:4
  try: Did you mean 'fine'?
`);
});

test("circular: the cycle", async () => {
  const files = { "a.cfg": "[a]\nx = ${b:y}\n[b]\ny = 1 ${a:x}\n" };
  expect(await told({ files, section: "a" })).toBe(`values refer to each other in a circle: a:x → b:y → a:x
  at @/a.cfg:4:7
    y = 1 \${a:x}
          ^^^^^^
  try: Write one of them without a reference.
`);
});

test.each([
  ["no-colon", "${home}", "${home} has no colon"],
  ["too-many-colons", "${a:b:c}", "${a:b:c} has too many colons"],
  [
    "bad-section-name",
    "${a/b:c}",
    "${a/b:c} names the section 'a/b', which has characters that no reference can have",
  ],
  [
    "bad-option-name",
    "${a:b/c}",
    "${a:b/c} names the option 'b/c', which has characters that no reference can have",
  ],
])("%s", async (kind, written, what) => {
  const one = { files: { "a.cfg": `[a]\nx = ${written}\n` }, section: "a" };
  expect((await faultOf(one)).kind).toBe(kind);
  expect(await told(one)).toBe(`a:x: ${what}
  at @/a.cfg:2:5
    x = ${written}
        ${"^".repeat(written.length)}
  try: A reference is \${section:option}. To have it as text, write $${written}.
`);
});

test("all faults of a section, and of what it needs, are told together", async () => {
  const files = { "a.cfg": "[a]\nx = ${gone:y}\nz = ${b:v}\n[b]\nv = ${:w}\n[c]\nu = ${no}\n" };
  expect(await told({ files, section: "a" })).toBe(`a:x refers to the section 'gone', which does not exist
  at @/a.cfg:2:5
    x = \${gone:y}
        ^^^^^^^^^
also: b:v refers to b:w, and [b] has no option 'w'
  at @/a.cfg:5:5
    v = \${:w}
        ^^^^^
`);
});

test("a section that is asked for and is not there", async () => {
  expect(
    await told({ files: { "a.cfg": "[first-site]\n" }, section: "first-ste" }),
  ).toBe(`there is no section 'first-ste'
  try: Did you mean 'first-site'?
`);
});

test("a fault is data too", async () => {
  const fault = await faultOf({ files: { "a.cfg": "[a]\nx = ${:y}\nz = ${q}\n" }, section: "a" });
  expect(JSON.parse(JSON.stringify(fault))).toEqual({
    kind: "missing-option",
    message: "a:x refers to a:y, and [a] has no option 'y'",
    file: join(folder, "a.cfg"),
    line: 2,
    column: 5,
    text: "x = ${:y}",
    chain: [],
    others: [expect.objectContaining({ kind: "no-colon", line: 3, column: 5 })],
  });
});
