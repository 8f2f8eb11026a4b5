import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { type Packed, packAll } from "../bed/packed.ts";
import { type Registry, startRegistry } from "../bed/registry.ts";
import { startThrowAway, type ThrowAway } from "../bed/throw-away.ts";

const root = dirname(dirname(import.meta.dirname));
const manifestOf = (folder: string) => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
const published = ["packages", "plugins"]
  .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(root, folder, name)))
  .filter((folder) => manifestOf(folder).private !== true);

let packed: Packed;
let registry: Registry;
let bed: ThrowAway;
beforeAll(async () => {
  packed = packAll();
  const example = join(import.meta.dirname, "hostout-example");
  const { status, stderr } = spawnSync("npm", ["pack", "--pack-destination", packed.folder], {
    cwd: example,
    encoding: "utf8",
  });
  expect([status, status === 0 ? "" : stderr]).toEqual([0, ""]);
  registry = await startRegistry(packed.folder);
  bed = await startThrowAway({ npm_config_registry: registry.url, CI: "true" });
});
afterAll(async () => {
  await bed?.stop();
  await registry?.close();
  packed?.remove();
});

test("every package is packed", () => {
  expect(packed.tarballs).toHaveLength(published.length);
});

const names = published.map((folder) => manifestOf(folder).name as string);

test.each(names)("%s: publint and attw find nothing", async (name) => {
  const tarball = packed.tarballs.find(
    (file) => basename(file).replace(/-\d.*/, "") === name.replace(/^@/, "").replace("/", "-"),
  )!;
  const bytes = new Uint8Array(readFileSync(tarball));
  const { messages, pkg = {} } = await publint({ pack: { tarball: bytes.buffer }, strict: true });
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  const { types, ...analysis } = await checkPackage(createPackageFromTarballData(bytes));
  expect(types).toBeTruthy();
  const { problems } = analysis as {
    readonly problems: readonly { readonly kind: string; readonly resolutionKind?: string }[];
  };
  // ESM alone, for Node that can require() it; what resolves as before Node 12 is not served.
  const ours = problems.filter(
    ({ kind, resolutionKind }) => kind !== "CJSResolvesToESM" && resolutionKind !== "node10",
  );
  expect(ours).toEqual([]);
});

/** Names of all packages below a node_modules folder. */
function installed(folder: string): readonly string[] {
  return readdirSync(join(folder, "node_modules"), { recursive: true, encoding: "utf8" })
    .filter((file) => /(^|\/)package\.json$/.test(file))
    .map((file) => dirname(file).replace(/^.*node_modules\//, ""));
}

test("the kit brings neither ssh nor oclif, nor anything but hostout's own", async () => {
  mkdirSync(join(bed.folder, "kit"));
  await bed.write({ "kit/package.json": '{ "private": true }' });
  const { code, stderr } = await bed.run("npm", "install", "--prefix", "kit", "@hostout/kit");
  expect([code, code === 0 ? "" : stderr]).toEqual([0, ""]);
  expect(installed(join(bed.folder, "kit")).filter((name) => !name.startsWith("."))).toEqual([
    "@hostout/config",
    "@hostout/kit",
  ]);
});

const managers = {
  npm: ["npm", "install", "--save-dev", "hostout", "hostout-example"],
  pnpm: [
    join(root, ".tools", "node_modules", ".bin", "pnpm"),
    "add",
    "--save-dev",
    "--config.strict-dep-builds=false",
    "hostout",
    "hostout-example",
  ],
};

test.each(Object.entries(managers))(
  "a plugin of somebody else works in a project of %s, from the file alone",
  async (name, [program = "", ...words]) => {
    const project = join(bed.folder, name);
    await bed.write({
      [`${name}/package.json`]: '{ "private": true }',
      [`${name}/.npmrc`]: `registry=${registry.url}\n`,
      [`${name}/hostout.cfg`]: `[site]\nhost = web1.example.com\nuser = ${bed.user}\nplugins = hostout-example\ngreeting = good morning\n`,
    });
    const install = await bed.run(
      "sh",
      "-c",
      'cd "$1" && shift && exec "$@"',
      "sh",
      project,
      program,
      ...words,
    );
    expect([install.code, install.code === 0 ? "" : install.stdout + install.stderr]).toEqual([0, ""]);
    expect(existsSync(join(project, "node_modules", "hostout-example"))).toBe(true);
    const bin = join(project, "node_modules", ".bin", "hostout");
    const hostout = (...line: string[]) =>
      bed.run("sh", "-c", 'cd "$1" && shift && exec "$@"', "sh", project, bin, ...line);
    const listed = await hostout("plugins");
    expect(listed.stdout).toMatch(/hostout-example {2}1\.2\.3 .*node_modules\/hostout-example/);
    const greeted = await hostout("site", "greet");
    expect([greeted.code, greeted.stderr]).toEqual([0, ""]);
    expect(greeted.stdout).toContain("[web1.example.com] good morning\n");
    const ran = await hostout("site", "run", "echo", "and then");
    expect(ran.stdout).toMatch(/good morning before it runs\n[\s\S]*\] and then\n/);
  },
);
