import { fakeSite } from "@hostout/testing";
import { checkSite, readOptions } from "./read-options.ts";

test.each([
  [{}, "~/buildout"],
  [{ "effective-user": "zope" }, "~zope/buildout"],
  [{ "effective-user": "zope", path: "/srv/site" }, "/srv/site"],
  [{ recipe: "collective.hostout == 1.0a5", "effective-user": "zope" }, "/var/buildout/site"],
  [{ recipe: "collective.recipe.hostout", "effective-user": "zope" }, "~zope/buildout"],
  [{ "effective-user": "zope", remote_path: "~/site" }, "~/site"],
])("a site of %j is in %s", (options, path) => {
  expect(readOptions(fakeSite({ plugins: [], options })).path).toBe(path);
});

test.each(["srv/x", "./x", ""])("the path %j is relative: it is refused with its place", (path) => {
  expect(() => readOptions(fakeSite({ plugins: [], options: { path } })).path).toThrow(
    expect.objectContaining({
      code: "bad-option",
      message: `[site] path: '${path}' is neither absolute nor below a home, as ~/site is`,
      origin: { file: "/project/hostout.cfg", line: expect.any(Number) },
      hint: "For example: path = /srv/first-site",
    }),
  );
});

test.each([
  ["path", "/tmp # path on the server"],
  ["effective-user", "# who runs it"],
  ["keep", "5 # releases"],
])("a comment behind the value of %s is refused, not taken into the value", (name, text) => {
  const site = fakeSite({ plugins: [], options: { [name]: text } });
  expect(checkSite(site).filter(({ severity }) => severity === "error")).toEqual([
    {
      severity: "error",
      error: expect.objectContaining({
        message: `[site] ${name}: the comment after # belongs to the value`,
        hint: "Write the comment on a line of its own, with # in the first column.",
      }),
    },
  ]);
});

test("path and remote_path with different values are refused, with the same value only warned of", () => {
  const faults = (options: Record<string, string>) =>
    checkSite(fakeSite({ plugins: [], options })).map(({ severity, error }) => [severity, error.message]);
  expect(faults({ path: "/srv/a", remote_path: "/srv/b" })[0]).toEqual([
    "error",
    "[site] sets 'path' and 'remote_path', which are one option, to different values",
  ]);
  expect(faults({ path: "/srv/a", remote_path: "/srv/a" })).toEqual([
    ["warning", "[site] 'remote_path' is an old name"],
  ]);
});
