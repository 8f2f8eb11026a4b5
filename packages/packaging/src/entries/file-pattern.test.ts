import { matchPaths } from "./file-pattern.ts";

test.each([
  ["*.pyc", "a/b.pyc", true],
  ["*.pyc", "a/b.py", false],
  ["docs", "a/docs/b.txt", true],
  ["/docs", "a/docs/b.txt", false],
  ["/docs", "docs/b.txt", true],
  ["./docs/", "docs/b.txt", true],
  ["docs/", "docs", false],
  ["a/*.txt", "x/a/b.txt", true],
  ["/a/*.txt", "a/b/c.txt", false],
  ["/a/**/*.txt", "a/b/c.txt", true],
  ["/a/**/*.txt", "a/c.txt", true],
  ["/a/**", "a/b/c", true],
  ["file-[!a].x", "file-b.x", true],
  ["file-[!a].x", "file-a.x", false],
  ["a.b", "axb", false],
  ["a(b)+", "a(b)+", true],
  ["?", "ü", true],
  ["*", "new\nline", true],
])("%s and %j", (pattern, path, isMatch) => expect(matchPaths([pattern])(path)).toBe(isMatch));

test("no pattern matches nothing", () => expect(matchPaths([])("a")).toBe(false));

test("what is not a pattern is told, with where it is written", () => {
  const origin = { file: "/p/hostout.cfg", line: 3 };
  expect(() => matchPaths(["[z-a]"], { name: "exclude", origin })).toThrow(
    expect.objectContaining({ code: "bad-option", message: "exclude = [z-a] is not a pattern", origin }),
  );
});
