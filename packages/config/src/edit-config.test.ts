import { editConfig } from "./edit-config.ts";

const text = `# about eggs
[buildout]
extends = base.cfg

[instance]
recipe = plone.recipe.zope2instance
eggs =
    one
# why two is here
    two
user = admin:admin

# the database
[db: linux]
path = /srv/conditional
[db]
path=/srv/db   
zcml +=
\tone
`;

test("a package and its source are added to one file, comments and order stay", () => {
  const after = editConfig(text, [
    "instance:eggs+=my.package",
    "sources:my.package=git https://host/my.package.git",
  ]);
  expect(after).toBe(
    `${text.replace("    two\n", "    two\n    my.package\n")}
[sources]
my.package = git https://host/my.package.git
`,
  );
});

test("a value is set where it stands, in the block without a condition", () => {
  expect(editConfig(text, ["db:path=/srv/new"])).toBe(text.replace("path=/srv/db   ", "path= /srv/new"));
  expect(editConfig(text, ["instance:user=x"])).toBe(text.replace("user = admin:admin", "user = x"));
});

test("an option that is new stands at the end of its section, above what belongs to the next", () => {
  expect(editConfig(text, ["instance:port=8080", "parts=a"])).toBe(
    text
      .replace("user = admin:admin\n", "user = admin:admin\nport = 8080\n")
      .replace("extends = base.cfg\n", "extends = base.cfg\nparts = a\n"),
  );
});

test("lines are added to what the file adds, else as an addition of their own", () => {
  expect(editConfig(text, ["db:zcml+=two"])).toBe(text.replace("\tone\n", "\tone\n\ttwo\n"));
  expect(editConfig(text, ["buildout:parts+=a"])).toContain("extends = base.cfg\nparts += a\n");
});

test("lines are taken away where they stand, else by an option of their own", () => {
  expect(editConfig(text, ["instance:eggs-=one"])).toBe(text.replace("    one\n", ""));
  expect(editConfig("[a]\nx = one\n", ["a:x-=one"])).toBe("[a]\nx =\n");
  expect(editConfig(text, ["buildout:parts-=a"])).toContain("extends = base.cfg\nparts -= a\n");
  expect(editConfig("[a]\nx -= one\n", ["a:x-=two"])).toBe("[a]\nx -= one\n    two\n");
});

test("a value of several lines becomes one, its comments stay", () => {
  expect(editConfig(text, ["instance:eggs=three"])).toBe(
    text.replace("eggs =\n    one\n# why two is here\n    two\n", "eggs = three\n# why two is here\n"),
  );
  expect(editConfig("[a]\nx = 1\n", ["a:x=one\ntwo"])).toBe("[a]\nx =\n    one\n    two\n");
});

test("what is so already is left as it is", () => {
  for (const same of [
    "instance:eggs+=two",
    "db:path=/srv/db",
    "instance:eggs-=gone",
    "instance:eggs=one\ntwo",
  ])
    expect(editConfig(text, [same])).toBe(text);
});

test.each(["\r\n", "\r"])("line ends stay: %j", (end) => {
  const lines = text.replaceAll("\n", end);
  expect(editConfig(lines, ["instance:eggs+=x"])).toBe(
    text.replace("    two\n", "    two\n    x\n").replaceAll("\n", end),
  );
});

test("a mark of byte order and a missing last line end stay", () => {
  expect(editConfig("\uFEFF[a]\nx = 1", ["a:y=2"])).toBe("\uFEFF[a]\nx = 1\ny = 2");
  expect(editConfig("\uFEFF[a]\nx = 1", ["a:x=2"])).toBe("\uFEFF[a]\nx = 2");
});

test("an empty file gets the section", () => {
  expect(editConfig("", ["a:x=1"])).toBe("[a]\nx = 1\n");
});

test.each(["a:b:c=1", "a b:x=1", "a:x y=1", "a", "a:=1", "a:#x=1", "a:x=1\n[b]\ny = 2"])(
  "%j is refused, or stays inside the value",
  (assignment) => {
    let after: string;
    try {
      after = editConfig("[a]\n", [assignment]);
    } catch (error) {
      expect((error as Error).name).toBe("ConfigError");
      return;
    }
    expect(after).toBe("[a]\nx =\n    1\n    [b]\n    y = 2\n");
  },
);

test("no blank line is added where it would belong to the value above", () => {
  expect(editConfig("[a]\ny += 1\ny + =\n", ["b:x=1"])).toBe("[a]\ny += 1\ny + =\n[b]\nx = 1\n");
});
