import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { routeLine, targetsOf } from "./route-line.ts";

const folder = mkdtempSync(join(tmpdir(), "hostout-line-"));
const below = join(folder, "src", "deep");
mkdirSync(below, { recursive: true });
afterAll(() => rmSync(folder, { recursive: true }));

const sites = `
[first-site]
extends = hostout.pushdeploy
host = web1 web2
path = /srv/first
[plain]
extends = hostout-core
host = db1
`;
writeFileSync(join(folder, "buildout.cfg"), `[buildout]\nparts = first-site plain\n${sites}`);
writeFileSync(join(folder, "other.cfg"), `[buildout]\n${sites}[third]\nhost = web3\n`);

const route = async (line: string, start = folder, environment = {}) => {
  const { project, flags, commands, ...rest } = await routeLine(line.split(" "), {
    environment,
    folder: start,
  });
  return {
    file: project.file.slice(folder.length + 1),
    flags,
    commands: commands.map(({ name, words }) => [name, ...words].join(" ")),
    sites: rest.sites.map(({ name }) => name),
    path: rest.sites[0]?.values.get("path")?.text,
  };
};

test("the configuration is found from a folder below it", async () => {
  expect(await route("first-site deploy", below)).toMatchObject({
    file: "buildout.cfg",
    commands: ["deploy"],
  });
});

test("HOSTOUT_CONFIG names the configuration, and -c wins over it", async () => {
  const environment = { HOSTOUT_CONFIG: "other.cfg" };
  expect((await route("third", folder, environment)).file).toBe("other.cfg");
  expect((await route("-c buildout.cfg plain", folder, environment)).file).toBe("buildout.cfg");
});

test.each(["-c other.cfg third run x", "third -c other.cfg run x", "third put a -c other.cfg"])(
  "-c counts wherever it stands: %s",
  async (line) => {
    expect(await route(line)).toMatchObject({ file: "other.cfg", sites: ["third"] });
  },
);

test("-c after the command does not let a site of the same name be deployed by the wrong file", async () => {
  expect((await route("first-site deploy -c other.cfg")).file).toBe("other.cfg");
});

test.each(["-U plain run x", "plain -U run x", "plain -U -c other.cfg run x"])(
  "user defaults that cannot be read are left out: %s",
  async (line) => {
    const environment = { BUILDOUT_HOME: join(folder, "home") };
    mkdirSync(environment.BUILDOUT_HOME, { recursive: true });
    writeFileSync(join(environment.BUILDOUT_HOME, "default.cfg"), "[buildout]\nextends = missing.cfg\n");
    expect((await route(line, folder, environment)).sites).toEqual(["plain"]);
    await expect(route(line.replace("-U ", "").replace(" -U", ""), folder, environment)).rejects.toThrow(
      "missing.cfg",
    );
  },
);

test("a site says how its configuration was read, for what reads it anew", async () => {
  const { sites } = await routeLine(["versions:foo=9", "plain", "-U", "run", "x"], {
    environment: {},
    folder,
  });
  expect(sites[0]?.readSettings).toEqual({ assignments: ["versions:foo=9"], userDefaults: false, folder });
});

test("the -c of a command that takes flags is its own", async () => {
  expect(await route("first-site buildout -c other.cfg")).toMatchObject({
    file: "buildout.cfg",
    commands: ["buildout -c other.cfg"],
  });
  expect((await route("first-site run ls -c other.cfg")).commands).toEqual(["run ls -c other.cfg"]);
});

test("a flag of hostout counts after an argument too, so that --dry-run is never taken for one", async () => {
  expect(await route("first-site update mybranch --dry-run")).toMatchObject({
    commands: ["update mybranch"],
    flags: { dryRun: true },
  });
  expect(await route("first-site buildout instance --dry-run")).toMatchObject({
    commands: ["buildout instance"],
    flags: { dryRun: true },
  });
});

test("an assignment sets an option for this run, between the sites too", async () => {
  expect((await route("first-site first-site:path=/srv/x deploy")).path).toBe("/srv/x");
});

test("several sites take one command, and one that lacks it is named", async () => {
  expect((await route("first-site plain run uptime")).sites).toEqual(["first-site", "plain"]);
  await expect(route("all stage")).rejects.toMatchObject({
    message: "plain has no command 'stage'",
    exitCode: 2,
  });
});

test("words that are neither site nor flag nor command are told with a near one", async () => {
  await expect(route("frist-site deploy")).rejects.toMatchObject({ hint: "Did you mean 'first-site'?" });
  await expect(route("first-site depoly")).rejects.toMatchObject({ hint: "Did you mean 'deploy'?" });
  await expect(route("first-site --dryrun deploy")).rejects.toMatchObject({
    hint: "Did you mean '--dry-run'?",
  });
  await expect(route("--dryrun first-site")).rejects.toMatchObject({ code: "usage" });
});

test("--hosts leaves only the hosts that it names", async () => {
  const { sites: found } = await routeLine(["all"], { environment: {}, folder });
  const names = (glob?: string) => targetsOf(found, { glob }).map(({ host }) => host.name);
  expect(names()).toEqual(["web1", "web2", "db1"]);
  expect(names("web*")).toEqual(["web1", "web2"]);
  expect(() => names("mail")).toThrow("none of the hosts is called 'mail'");
  expect(() => names("mail")).toThrow(expect.objectContaining({ code: "unknown-host" }));
});
