import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makePluginLoader } from "./load-plugin.ts";

const folder = mkdtempSync(join(tmpdir(), "hostout-plugins-"));
afterAll(() => rmSync(folder, { recursive: true }));
const configFile = join(folder, "project", "hostout.cfg");
const origin = { file: configFile, line: 3 };
const load = (word: string) => makePluginLoader(configFile)(word, "first-site", origin);

function install(name: string, manifest: object, code: string): string {
  const place = join(folder, "project", "node_modules", name);
  mkdirSync(join(place, "lib"), { recursive: true });
  writeFileSync(
    join(place, "package.json"),
    JSON.stringify({ name, version: "1.2.3", type: "module", ...manifest }),
  );
  writeFileSync(join(place, "lib", "entry.js"), code);
  return place;
}

const entry = { exports: { ".": { import: "./lib/entry.js" } } };

test("a plugin is found beside the configuration, by its old name too", async () => {
  const place = install(
    "hostout-hello",
    entry,
    "export const plugin = { name: 'hostout-hello', commands: {} };",
  );
  for (const word of ["hostout-hello", "hostout.hello"]) {
    const loaded = await load(word);
    expect(loaded).toMatchObject({ version: "1.2.3", folder: place, bundled: false });
    expect(loaded.plugin.name).toBe("hostout-hello");
  }
});

test("a plugin with a scope, and one that names its file as main", async () => {
  install(
    "@acme/hostout-x",
    { main: "./lib/entry.js" },
    "export const plugin = { name: 'x', commands: {} };",
  );
  expect((await load("@acme/hostout-x")).plugin.name).toBe("x");
});

test("what comes with hostout needs no installation", async () => {
  const { plugin, bundled } = await load("hostout.pushdeploy");
  expect(bundled).toBe(true);
  expect(Object.keys(plugin.commands)).toContain("deploy");
});

test("a plugin is loaded once for all sites", async () => {
  const loader = makePluginLoader(configFile);
  expect(await loader("hostout-core", "a", origin)).toBe(await loader("hostout.core", "b", origin));
});

test("a plugin that is missing is told with the command that installs it", async () => {
  await expect(load("hostout-notify-xmpp")).rejects.toMatchObject({
    code: "plugin-missing",
    exitCode: 2,
    origin,
    message: "[first-site] wants the plugin 'hostout-notify-xmpp', which is not installed",
    hint: "Do you know and trust a package of that name? Then install it beside the configuration: npm install --save-dev hostout-notify-xmpp",
  });
  await expect(load("hostout.pushdeply")).rejects.toMatchObject({
    hint: expect.stringContaining("Did you mean 'hostout-pushdeploy'?"),
  });
});

test("a plugin that cannot be loaded, or is none, is named with its site", async () => {
  const throws = install("hostout-throws", entry, "throw new Error('out of luck');");
  install("hostout-empty", entry, "export const nothing = 1;");
  await expect(load("hostout-throws")).rejects.toMatchObject({
    code: "plugin-broken",
    message: `[first-site] the plugin 'hostout-throws' cannot be loaded: out of luck (${throws}/lib/entry.js)`,
  });
  await expect(load("hostout-empty")).rejects.toThrow(
    "[first-site] the plugin 'hostout-empty' exports no 'plugin'",
  );
});

test("a plugin for another kit is refused before it is imported", async () => {
  const peerDependencies = { "@hostout/kit": "^99.0.0" };
  install("hostout-future", { ...entry, peerDependencies }, "throw new Error('imported');");
  await expect(load("hostout-future")).rejects.toMatchObject({
    code: "plugin-broken",
    message: expect.stringContaining("is for @hostout/kit ^99.0.0; this is"),
  });
});
