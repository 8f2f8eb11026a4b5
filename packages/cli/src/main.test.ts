import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runProgram } from "../../../test/bed/run-program.ts";

// Runs the installed program: bin/hostout.js and its bundle.
const bin = join(dirname(import.meta.dirname), "bin", "hostout.js");
const folder = mkdtempSync(join(tmpdir(), "hostout-main-"));
const empty = join(folder, "..", `${folder.split("/").pop()}-empty`);
mkdirSync(join(folder, "src"));
mkdirSync(empty);
afterAll(() => {
  for (const place of [folder, empty]) rmSync(place, { recursive: true });
});
writeFileSync(
  join(folder, "buildout.cfg"),
  `[buildout]
parts = first-site another-site
[pushdeploy-defaults]
recipe = collective.hostout
extends = hostout.pushdeploy
user = root
[first-site]
<= pushdeploy-defaults
host = 192.0.2.1
restart = true
[another-site]
<= pushdeploy-defaults
host = 192.0.2.2
[wrong]
host = 192.0.2.3
relocatable = perhaps
extends = hostout.pushdeploy
[lost]
host = 192.0.2.4
extends = hostout.never-published
[secretive]
host = 192.0.2.5
path = /srv/secretive
extends = hostout.pushdeploy
api-token = Wd8vXq2L
restart = restart-with \${secretive:api-token}
`,
);

/** Returns a word; `=` stands for an empty one. */
const asWord = (text: string) => (text === "=" ? "" : text);
const hostout = (line: string, cwd = folder, env: Readonly<Record<string, string>> = {}) =>
  runProgram(process.execPath, [bin, ...line.split(" ").filter(Boolean).map(asWord)], {
    cwd,
    env: { XDG_CACHE_HOME: join(folder, "cache"), ...env },
  });

test("hostout alone lists the sites of the project, from a folder below too", async () => {
  for (const cwd of [folder, join(folder, "src")]) {
    const { code, stdout, stderr } = await hostout("", cwd);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/first-site +192\.0\.2\.1/);
    expect(stdout).toMatch(/another-site +192\.0\.2\.2/);
    expect(stdout).not.toMatch(/^ +pushdeploy-defaults/m);
  }
});

test("an explanation hides the site's secrets where another option has them", async () => {
  for (const line of ["secretive explain restart", "--json secretive explain restart"]) {
    const { code, stdout } = await hostout(line);
    expect([code, stdout]).toEqual([0, expect.stringContaining("restart-with ***")]);
    expect(stdout).not.toContain("Wd8vXq2L");
  }
});

test("a site lists its commands, those of its plugins only", async () => {
  const { code, stdout } = await hostout("first-site");
  expect(code).toBe(0);
  expect(stdout).toMatch(/deploy .*\(hostout-pushdeploy over hostout-core\)/);
  expect(stdout).toMatch(/run .*\(hostout-core\)/);
});

test("a plugin of another site that is missing stands in nobody's way", async () => {
  expect((await hostout("first-site")).code).toBe(0);
  const { code, stderr } = await hostout("lost");
  expect(code).toBe(2);
  expect(stderr).toContain("write its commands as a task file");
});

test.each([
  ["frist-site deploy", "there is no site 'frist-site'", "Did you mean 'first-site'?"],
  ["plugin", "there is no site 'plugin'", "Did you mean 'plugins'?"],
  ["deploy", "'deploy' is a command, and stands after its site", "hostout first-site deploy"],
  ["run uptime", "'run' is a command, and stands after its site", "hostout first-site run"],
  [
    "deploy -n another-site",
    "'deploy' is a command, and stands after its site",
    "hostout another-site deploy",
  ],
  [
    "192.0.2.2 deploy",
    "'192.0.2.2' is not a site, but a host of another-site",
    "hostout another-site --hosts 192.0.2.2",
  ],
  ["first-site depoly", "first-site has no command 'depoly'", "Did you mean 'deploy'?"],
  ["first-site deploy --force", "'deploy' has no flag '--force'", "Usage: hostout first-site deploy"],
  ["first-site deploy --rebuild", "'deploy' has no flag '--rebuild'", "Usage: hostout first-site deploy"],
  ["first-site update a b", "update: Unexpected argument: b", "Usage: hostout first-site update [BRANCH]"],
  ["first-site rollback =", "rollback: release is empty", "Leave it out, or say which."],
  ["first-site put =", "put: local is empty", "It is: file or folder on this machine"],
  ["all deploy", "[another-site] has no option 'restart'", "Add to the section: restart = "],
  ["--jobs none all push", "--jobs needs a whole number", ""],
  ["first-site --dryrun deploy", "there is no flag '--dryrun'", "Did you mean '--dry-run'?"],
  ["-c gone.cfg first-site deploy", "gone.cfg (-c names it)", "Name an existing file."],
  ["first-site !first-site deploy", "no site is left of: first-site !first-site", "Sites are: first-site"],
  ["config --jsn", "'config' has no flag '--jsn'", "Did you mean '--json'?"],
  ["completion", "completion: shell is missing", "(Print the completion script of a shell"],
  ["plugins create", "plugins create: name is missing", "'hostout plugins create --help'"],
  ["first-site put", "put: local is missing", "Usage: hostout first-site put LOCAL"],
  ["completion tcsh", "completion: Expected tcsh to be one of: bash, zsh, fish", ""],
])("bad input is told with what to try, and ends with 2: %s", async (line, what, hint) => {
  const { code, stdout, stderr } = await hostout(line);
  expect(code).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toContain(what);
  expect(stderr).toContain(hint);
  expect(stderr).not.toMatch(/^ +at .*[\w/]+\.[jt]s/m);
});

test("a value of the wrong kind is told with its place", async () => {
  const { code, stderr } = await hostout("wrong push");
  expect(code).toBe(2);
  expect(stderr).toMatch(/relocatable: 'perhaps' is neither true nor false/);
  expect(stderr).toMatch(/buildout\.cfg:16/);
});

test("without a configuration it says where it looked, and help is to be had", async () => {
  const { code, stderr } = await hostout("first-site deploy", empty);
  expect(code).toBe(2);
  expect(stderr).toContain(`there is no hostout.cfg and no buildout.cfg in ${empty} or a folder above it`);
  expect((await hostout("", empty)).code).toBe(2);
  expect((await hostout("--help", empty)).stdout).toContain("Flags:");
});

test("a folder that was removed while one is in it is told, and ends with 2", async () => {
  const line = 'mkdir "$1" && cd "$1" && rmdir "$1" && exec "$2" "$3" first-site deploy';
  const { code, stderr } = await runProgram(
    "sh",
    ["-c", line, "sh", join(folder, "gone"), process.execPath, bin],
    { cwd: folder },
  );
  expect([code, stderr]).toEqual([
    2,
    "hostout: the current folder no longer exists\n  try: Change to an existing folder: cd.\n",
  ]);
});

test("what Node compiled is kept where nobody else may put anything", async () => {
  const env = { TMPDIR: join(folder, "no-tmp"), XDG_CACHE_HOME: join(folder, "own-cache") };
  expect((await hostout("first-site", folder, env)).code).toBe(0);
  expect(existsSync(env.TMPDIR)).toBe(false);
  const compiled = statSync(join(env.XDG_CACHE_HOME, "hostout", "compiled"));
  expect((compiled.mode & 0o777).toString(8)).toBe("700");
  // An account without a home must not get one.
  const homeless = { HOME: join(folder, "no-home"), XDG_CACHE_HOME: "" };
  expect((await hostout("first-site", folder, homeless)).code).toBe(0);
  expect(existsSync(homeless.HOME)).toBe(false);
});

test("help of a command, of a topic, and by the word help", async () => {
  expect((await hostout("first-site deploy --help")).stdout).toContain("hostout first-site deploy");
  expect((await hostout("help first-site update")).stdout).toContain("hostout first-site update [BRANCH]");
  expect((await hostout("config --help")).stdout).toContain("$ hostout config");
});

test("--json tells events on stdout and nothing else; a dry run touches no host", async () => {
  const { code, stdout, stderr } = await hostout("--json --dry-run first-site run uptime");
  expect([code, stderr]).toEqual([0, ""]);
  const events = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(events[0]).toMatchObject({ type: "run.start", dryRun: true, commands: ["run"] });
  expect(events.at(-1)).toMatchObject({ type: "run.end", exitCode: 0 });
});

test("lines carry the host, and the end of each step with --verbose", async () => {
  const { stdout } = await hostout("--verbose --dry-run all run uptime");
  expect(stdout).toMatch(/^\[192\.0\.2\.2\] run done \(\d+\.\d s\)$/m);
  expect(stdout).toMatch(/2 ok in/);
});

test("flags of rolling parts are warned of where nothing rolls", async () => {
  const { code, stderr } = await hostout("--batch 2 --canary 1 --dry-run first-site run true");
  expect([code, stderr.split("\n")[0]]).toEqual([
    0,
    "warning: --batch, --canary do nothing here: no part of 'run' runs in batches",
  ]);
});

test.each([
  ["first-site deploy --dryrun", "'deploy' has no flag '--dryrun'", "Did you mean '--dry-run'?"],
  ["first-site check --dry", "'check' has no flag '--dry'", "Did you mean '--dry-run'?"],
  ["first-site status -json", "'status' has no flag '-json'", "Did you mean '--json'?"],
  ["--dryrun first-site deploy", "there is no flag '--dryrun'", "Did you mean '--dry-run'?"],
  ["plugins crate", "hostout plugins has no command 'crate'", "Did you mean 'hostout plugins create'?"],
  ["init --dryrun", "'init' has no flag '--dryrun'", "Did you mean '--dry-run'?"],
  ["history --jsn", "'history' has no flag '--jsn'", "Did you mean '--json'?"],
  ["config lint --strct", "'config lint' has no flag '--strct'", "Did you mean '--strict'?"],
  [
    "first-site deploy --nonsense",
    "'deploy' has no flag '--nonsense'",
    "Usage: hostout first-site deploy [--delete]",
  ],
])("%p: a flag that does not exist is answered with the one that was meant", async (line, message, hint) => {
  const { code, stderr } = await hostout(line);
  expect([code, stderr]).toEqual([2, `hostout: ${message}\n  try: ${hint}\n`]);
});

test("a topic takes the flags that change nothing in it, and refuses --dry-run where it would write all the same", async () => {
  for (const line of ["sites -y", "sites --yes --no-input", "-q sites -v", "config --yes first-site"])
    expect([line, (await hostout(line)).code]).toEqual([line, 0]);
  for (const line of ["--dry-run plugins add hostout-x", "plugins create --yes --dry-run hostout-x"]) {
    const { code, stderr } = await hostout(line);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^hostout: '.*' has no dry run\n {2}try: /)]);
  }
  expect(existsSync(join(folder, "hostout-x"))).toBe(false);
});

test("explain has help of its own, with a site and without", async () => {
  for (const line of ["explain --help", "help explain", "first-site explain --help"]) {
    const { code, stdout } = await hostout(line);
    expect([line, code, stdout]).toEqual([
      line,
      0,
      expect.stringContaining("hostout SITE… explain COMMAND…"),
    ]);
  }
  expect((await hostout("explain")).stderr).toMatch(
    /^hostout: explain needs a site and a command\n {2}try: /,
  );
});

test("Tab after -c completes files, in bash and in fish", async () => {
  const line = (shell: string) => `hostout() { node ${bin} "$@"; }; ${shell}`;
  const bash = line(
    `source <(hostout completion bash); COMP_WORDS=(hostout -c build); COMP_CWORD=2; _hostout; echo "$COMPREPLY"`,
  );
  const inBash = await runProgram("bash", ["-c", bash], { cwd: folder });
  expect(inBash.stdout).toBe("buildout.cfg\n");
  const fish = `node ${bin} completion fish | source; complete -C "hostout -c build"`;
  const inFish = await runProgram("fish", ["--no-config", "-c", fish], { cwd: folder });
  expect(inFish.stdout).toBe("buildout.cfg\n");
});

test("words are completed: sites, then commands", async () => {
  expect((await hostout("--complete -- fir")).stdout).toBe("first-site\n");
  expect((await hostout("--complete -- first-site deploy_")).stdout).toBe("deploy_etc\ndeploy_supervisor\n");
  expect((await hostout("--complete -- completion f")).stdout).toBe("fish\n");
  expect((await hostout("--complete -- config pushd")).stdout).toBe("pushdeploy-defaults\n");
  expect(await hostout("--complete -- x", empty)).toEqual({ code: 0, stdout: "", stderr: "" });
});

test("topics take assignments as sites do", async () => {
  const { stdout } = await hostout("sites --json first-site:host=192.0.2.9 -c buildout.cfg");
  expect(JSON.parse(stdout).sites[0].hosts).toEqual([{ name: "192.0.2.9", user: "root" }]);
});

test("--version and version tell the version", async () => {
  for (const word of ["--version", "version"])
    expect((await hostout(word)).stdout).toMatch(/^hostout \d+\.\d+\.\d+\n$/);
});

test("init in a folder whose name no site can have says how it calls the site, and which file a check wants", async () => {
  const odd = join(folder, "my site");
  mkdirSync(odd);
  const { code, stdout } = await hostout("init --no-input -y --kind static --host web1", odd);
  expect([code, stdout]).toEqual([
    0,
    expect.stringContaining("the name of this folder, 'my site', is not the name of a site"),
  ]);
  expect(stdout).toContain("Make index.html first");
});

test("a reader that has seen enough is no fault", async () => {
  const child = spawn(process.execPath, [bin, "first-site"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.destroy();
  let stderr = "";
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  expect([await once(child, "close"), stderr]).toEqual([[0, null], ""]);
});
