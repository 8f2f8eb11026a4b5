import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { HostoutError } from "@hostout/kit";
import { freePort, startHost, type TestHost, writeKeyPair } from "@hostout/testing";
import { packageFolder } from "../package-folder.ts";
import { makeRepository, type Repository } from "./repository.ts";
import { runHere, runProgram } from "./run-program.ts";
import { findTools, type Tools } from "./tools.ts";

/** The folders, hosts and tools of the demo. */
interface Stage {
  readonly folder: string;
  readonly hosts: readonly TestHost[];
  readonly ports: readonly number[];
  readonly repository: Repository;
  readonly environment: Readonly<Record<string, string>>;
  /** Aborts when the demo must end. */
  readonly signal: AbortSignal;
}

const sites = ["first-site", "another-site"] as const;
const tell = (text: string) => process.stdout.write(`${text}\n`);

const endings = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs the main job on two throw-away hosts of this machine. Removes everything at its end, also after an
 * interrupt. Resolves to the exit code.
 *
 * @throws HostoutError `interrupted` after a signal
 */
export async function demo(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "hostout-demo-"));
  const hosts: TestHost[] = [];
  const controller = new AbortController();
  const { signal } = controller;
  const interrupt = (name: string) =>
    controller.abort(new HostoutError({ code: "interrupted", message: `the demo was ended by ${name}` }));
  // The demo also cleans up after a closed terminal, or when no program reads its output.
  const unread = () => interrupt("a closed output");
  for (const name of endings) process.on(name, interrupt);
  for (const stream of [process.stdout, process.stderr]) stream.on("error", unread);
  try {
    const stage = await setUp(folder, hosts, signal);
    signal.throwIfAborted();
    await play(stage);
    return 0;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    for (const host of hosts) await host.close();
    for (const site of sites) await endSite(join(folder, "production", site));
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    for (const name of endings) process.off(name, interrupt);
    tell("\nThe hosts are gone, and all that the demo wrote with them.");
  }
}

async function setUp(folder: string, hosts: TestHost[], signal: AbortSignal): Promise<Stage> {
  const tools = await findTools(folder);
  const key = await writeKeyPair(join(folder, "id_ed25519"), "hostout-demo");
  const ports: number[] = [];
  for (const site of sites) {
    const directory = join(folder, `host-of-${site}`);
    await mkdir(directory);
    const environment = {
      DEMO_HOST: `the host of ${site}`,
      // With SHLVL, bash skips the user's login files, which may be slow or print something.
      SHLVL: "2",
      ...(tools.rsync ? {} : { HOSTOUT_NO_RSYNC: "1" }),
    };
    hosts.push(await startHost({ directory, authorizedKey: key, environment }));
    ports.push(await freePort());
    await writeData(join(folder, "production", site));
  }
  const repository = await makeRepository(folder, tools);
  await writeProject(folder, hosts, ports, tools);
  introduce(folder, hosts, tools);
  return {
    folder,
    hosts,
    ports,
    repository,
    // The demo must ignore a configuration that the user has set.
    environment: { HOSTOUT_SSH_CONFIG: join(folder, "ssh_config"), HOSTOUT_CONFIG: "" },
    signal,
  };
}

/** Writes data, because a production site that has run for years has data. */
async function writeData(production: string): Promise<void> {
  await mkdir(join(production, "var", "filestorage"), { recursive: true });
  await mkdir(join(production, "var", "blobstorage"), { recursive: true });
  await writeFile(join(production, "var", "filestorage", "Data.fs"), "an object\n".repeat(20_000));
  await writeFile(join(production, "var", "blobstorage", "1.blob"), "a picture\n".repeat(1000));
}

async function writeProject(
  folder: string,
  hosts: readonly TestHost[],
  ports: readonly number[],
  tools: Tools,
): Promise<void> {
  const node = process.execPath;
  const section = (site: string, index: number) => `
[${site}]
<= pushdeploy-defaults
host = ${hosts[index]?.address}:${hosts[index]?.port}
path = ${folder}/production/${site}
staging-path = ${folder}/staging/${site}
restart = ${folder}/production/${site}/bin/restart ${node} ${ports[index]}
`;
  const config = `[buildout]
parts =
    first-site
    another-site

[pushdeploy-defaults]
recipe = collective.hostout
extends = hostout.pushdeploy
user = ${tools.user}
bootstrap-python = ${tools.python}
# Production and staging are one machine here, so they cannot have one path. On real hosts leave out
# relocatable and staging-path: there push makes sure that both sides are alike.
relocatable = true
${sites.map(section).join("")}`;
  await writeFile(join(folder, "buildout.cfg"), config);
  const known = hosts.map(
    ({ address, port, hostKey }) => `[${address}]:${port} ${hostKey.split(" ").slice(0, 2).join(" ")}\n`,
  );
  await writeFile(join(folder, "known_hosts"), known.join(""));
  const ssh = [
    "Host *",
    `  IdentityFile ${folder}/id_ed25519`,
    "  IdentitiesOnly yes",
    `  UserKnownHostsFile ${folder}/known_hosts`,
    "",
  ];
  await writeFile(join(folder, "ssh_config"), ssh.join("\n"));
}

function introduce(folder: string, hosts: readonly TestHost[], tools: Tools): void {
  tell(
    `Two throw-away hosts run on this machine, and a project that stages and deploys to them, all in ${folder}.`,
  );
  tell(
    `  hosts       ${hosts[0]?.kind === "sshd" ? "real: this machine's sshd" : "the ssh host that is built into hostout (there is no sshd to use here)"}`,
  );
  tell(`  transfers   ${tools.rsync ? "rsync" : "hostout's own, over tar (there is no rsync here)"}`);
  tell(`  repository  ${tools.hg ? "Mercurial" : "git (there is no hg here)"}`);
  tell(`  build       ${tools.buildout ? "zc.buildout" : "a shell script (there is no zc.buildout here)"}`);
}

async function play(stage: Stage): Promise<void> {
  const { folder, ports, repository } = stage;
  const data = join(folder, "production", "first-site", "var", "filestorage", "Data.fs");
  const before = await hashOf(data);
  tell("\nThis is the configuration, of the kind that buildout users have:\n");
  tell((await readFile(join(folder, "buildout.cfg"), "utf8")).replaceAll(/^/gm, "    "));
  await hostout(stage, "first-site", "checkout", repository.address);
  tell("\nStage: fetch production's data, update the checkout, build. Nothing is changed on the host.");
  await hostout(stage, "first-site", "stage");
  tell("\nDeploy: send what was built, put it in place at once, restart.");
  await hostout(stage, "first-site", "deploy");
  tell(`\nWhich release is live? ${await askSite(ports[0]!, "revision one")}`);
  tell("A developer changes the application and commits it to the repository.");
  await repository.change("src/site.mjs", "revision one", "revision two");
  await hostout(stage, "first-site", "stage", "deploy");
  tell(`\nWhich release is live now? ${await askSite(ports[0]!, "revision two")}`);
  if ((await hashOf(data)) !== before) throw new Error("the data of production was changed");
  tell("The data of production is byte for byte what it was.");
  tell("\nBoth sites in one line, side by side:");
  await hostout(stage, "another-site", "checkout", repository.address);
  await hostout(stage, "all", "stage", "deploy", "-q");
  tell(`\nAnd the other one? ${await askSite(ports[1]!, "revision two")}`);
}

async function hostout({ folder, environment, signal }: Stage, ...words: string[]): Promise<void> {
  signal.throwIfAborted();
  tell(`\n$ bin/hostout ${words.join(" ")}`);
  const bin = join(packageFolder, "bin", "hostout.js");
  const status = await runProgram(process.execPath, [bin, ...words], {
    cwd: folder,
    env: { ...process.env, ...environment },
    signal,
  });
  signal.throwIfAborted();
  if (status !== 0) throw new Error(`hostout ${words.join(" ")} ended with ${status}`);
}

async function askSite(port: number, expected: string): Promise<string> {
  let answer = "nobody";
  for (let tries = 0; tries < 100 && !answer.includes(expected); tries++) {
    await sleep(50);
    answer = await fetch(`http://127.0.0.1:${port}/`).then(
      (response) => response.text(),
      (error: Error) => error.message,
    );
  }
  if (!answer.includes(expected)) throw new Error(`the site does not say '${expected}' but: ${answer}`);
  return answer.trim();
}

async function hashOf(file: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
}

async function endSite(production: string): Promise<void> {
  const pid = Number(await readFile(join(production, "var", "site.pid"), "utf8").catch(() => ""));
  if (pid > 0) await runHere("kill", [String(pid)], {});
}
