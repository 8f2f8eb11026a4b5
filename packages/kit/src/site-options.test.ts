import { fakeSite } from "@hostout/testing";
import { readOptions } from "./read-options.ts";

test.each([
  [{}, "~/buildout"],
  [{ "effective-user": "zope" }, "~zope/buildout"],
  [{ "effective-user": "zope", path: "/srv/site" }, "/srv/site"],
  [{ "effective-user": "zope", remote_path: "~/site" }, "~/site"],
])("a site of %j is in %s (S0-28)", (options, path) => {
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
