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
