import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lineIn } from "@hostout/kit";
import { runProgram } from "../../../test/bed/run-program.ts";
import { lintProject } from "./config/lint.ts";
import { routeLine } from "./line/route-line.ts";
import { openProject } from "./project/project.ts";

// Values of a site in lines that collective.hostout read in its own way.
const folder = mkdtempSync(join(tmpdir(), "hostout-lines-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, "buildout.cfg");
const load = async (text: string) => {
  writeFileSync(file, text);
  const project = await openProject(file, { userDefaults: false });
  return { project, ...(await project.load(project.sites.get("live")!)) };
};

const bin = join(import.meta.dirname, "..", "bin", "hostout.js");
const hostout = (...words: readonly string[]) =>
  runProgram(process.execPath, [bin, ...words], { cwd: folder, env: { HOME: folder } });

test("${buildout:directory} in a command line of hosts is the folder there, and nowhere else", async () => {
  const { project, site } = await load(`[buildout]
parts =
[ctl]
program = \${buildout:bin-directory}/supervisord
[live]
recipe = collective.hostout
host = web1
path = \${buildout:directory}/not-this
pre-commands =
    cd \${buildout:directory} && \${ctl:program} -n
    cat ${folder}/literal
stop_cmd = \${buildout:parts-directory}/x $\${buildout:directory}
`);
  const text = (name: string) => site.values.get(name)?.text;
  expect(lineIn("/srv/site/current", text("pre-commands")!)).toBe(
    `cd /srv/site/current && /srv/site/current/bin/supervisord -n\ncat ${folder}/literal`,
  );
  expect(text("stop_cmd")).toBe("${buildout:directory}/parts/x $${buildout:directory}");
  expect(text("path")).toBe(`${folder}/not-this`);
  // The printed value is the value that buildout has.
  expect(project.sites.get("live")!.values.get("pre-commands")!.text).toContain(`cd ${folder} &&`);
});

test("a folder that the file sets as the buildout's is mapped too", async () => {
  const { site } = await load(
    "[buildout]\nparts =\ndirectory = /opt/dev\nbin-directory = scripts\n[live]\nextends = hostout-core\nhost = a\nstart-cmd = ${buildout:directory}/x ${buildout:bin-directory}/y\n",
  );
  expect(site.values.get("start-cmd")?.text).toBe("${buildout:directory}/x ${buildout:directory}/scripts/y");
});

test("pre-commands, post-commands and fabfiles are added along extends = base, the own ones first", async () => {
  mkdirSync(join(folder, "lib"));
  for (const [name, at] of [
    ["one", "lib"],
    ["two", "."],
  ] as const)
    writeFileSync(
      join(folder, at, `${name}.mjs`),
      `export const plugin = { name: "${name}", options: {}, commands: {} };\n`,
    );
  writeFileSync(join(folder, "lib", "base.cfg"), "[base]\nfabfiles = one.mjs\n");
  const text = (more: string) => `[buildout]
extends = lib/base.cfg
[base]
user = zope
pre-commands = echo base
post-commands = cd \${buildout:directory}
[more]
pre-commands = echo more
[live]
extends = base more
host = web1
path = /srv/live
${more}pre-commands =
    echo live
    echo twice
`;
  const { site } = await load(
    text("fabfiles =\n").replace("fabfiles = one.mjs\n", "").replace("extends = lib/base.cfg\n", ""),
  );
  expect(site.values.get("pre-commands")?.text).toBe("echo live\necho twice\necho base\necho more");
  expect(site.values.get("post-commands")?.text).toBe("cd ${buildout:directory}");
  writeFileSync(file, text("fabfiles = two.mjs\n"));
  const { stdout } = await hostout("plugins", "--json");
  expect(JSON.parse(stdout).map(({ plugin }: { plugin: string }) => plugin)).toEqual([
    "hostout-core",
    "two",
    "one",
  ]);
});

test("with <= the own value replaces the one of the base, as in buildout", async () => {
  const { site } = await load(
    "[base]\npre-commands = echo base\n[live]\n<= base\nhost = a\npre-commands = echo live\n",
  );
  expect(site.values.get("pre-commands")?.text).toBe("echo live");
});

test("where an address in extends is dead, help and lint work, and a run is refused with what to write", async () => {
  const server = createServer((_, response) => response.writeHead(404).end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/gone/versions.cfg`;
  const fault = {
    kind: "download-error",
    message: `${address} cannot be read: HTTP 404 Not Found`,
    hint: "If the address is gone, put a copy of the file beside this one, and write: extends = versions.cfg",
  };
  try {
    const text = `[buildout]\nextends = ${address}\nparts =\n[live]\nextends = hostout-core\nhost = a\npath = /srv/live\n[db]\nhost = b\n`;
    writeFileSync(file, text);
    const route = (...argv: string[]) => routeLine(argv, { environment: { HOME: folder }, folder });
    expect((await route("live")).sites.map(({ name }) => name)).toEqual(["live"]);
    expect((await route("live", "deploy", "--help")).flags.help).toBe(true);
    await expect(route("live", "deploy")).rejects.toMatchObject(fault);
    await expect(route("gone-too", "deploy")).rejects.toMatchObject(fault);
    const project = await openProject(file, { userDefaults: false, withoutDead: true });
    expect([...project.sites.keys()]).toEqual(["live"]);
    expect((await lintProject(project))[0]).toMatchObject({ severity: "error", message: fault.message });
    const { code, stdout, stderr } = await hostout();
    expect([code, stdout, stderr]).toEqual([
      0,
      expect.stringContaining("live  a  /srv/live"),
      expect.stringContaining(`warning: ${fault.message}`),
    ]);
  } finally {
    server.close();
  }
});
