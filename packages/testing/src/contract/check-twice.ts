import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { makePlan, runPlan } from "@hostout/engine";
import type { Event, Plugin } from "@hostout/kit";
import { openConnections } from "@hostout/ssh";
import { writeKeyPair } from "../key-pair.ts";
import { startHost } from "../sshd-host.ts";
import type { ContractSettings } from "./contract-settings.ts";
import { trySite, wordsOf } from "./try-command.ts";

/**
 * Checks on a real host that the second run of an `idempotent` command changes nothing. Returns the faults.
 */
export async function checkTwice(
  plugin: Plugin,
  name: string,
  settings: ContractSettings,
): Promise<readonly string[]> {
  if (!settings.onHost) {
    return ["the command is declared idempotent, so 'onHost' must give options for a throw-away host"];
  }
  const folder = await mkdtemp(join(tmpdir(), "hostout-contract-"));
  try {
    return await tryTwice(plugin, name, settings, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function tryTwice(
  plugin: Plugin,
  name: string,
  settings: ContractSettings,
  folder: string,
): Promise<readonly string[]> {
  const home = join(folder, "home");
  const hostFolder = join(folder, "host");
  await mkdir(home);
  await mkdir(hostFolder);
  const authorizedKey = await writeKeyPair(join(folder, "id"), "contract");
  const host = await startHost({ directory: hostFolder, authorizedKey, environment: { HOME: home } });
  await writeFile(join(folder, "known_hosts"), `[${host.address}]:${host.port} ${host.hostKey}\n`);
  await writeFile(
    join(folder, "ssh_config"),
    `Host *\n  IdentityFile ${folder}/id\n  IdentitiesOnly yes\n  UserKnownHostsFile ${folder}/known_hosts\n`,
  );
  const options = { path: join(home, "site"), user: userInfo().username, ...settings.onHost?.(home) };
  const hosts = `${host.address}:${host.port}`;
  const site = trySite(plugin, settings, { values: { options }, hosts, config: join(folder, "hostout.cfg") });
  const invocation = wordsOf(plugin.commands[name]!, settings.args?.[name]);
  const run = async (dryRun: boolean) => {
    const connections = openConnections({
      dryRun,
      ask: undefined,
      signal: new AbortController().signal,
      environment: { ...process.env, HOSTOUT_SSH_CONFIG: join(folder, "ssh_config") },
    });
    const events: Event[] = [];
    const targets = site.hosts.map((one) => ({ site, host: one }));
    const plan = makePlan({ targets, commands: [{ name, invocation }] });
    try {
      const summary = await runPlan({ plan, connections, emit: (event) => events.push(event), dryRun });
      return { ...summary, events };
    } finally {
      await connections.close();
    }
  };
  try {
    const first = await run(false);
    if (first.exitCode !== 0) return [`the command fails on a host: ${first.targets[0]?.error?.message}`];
    const second = await run(false);
    const status = second.events.findLast((event) => event.type === "task.end")?.status;
    return status === "unchanged"
      ? []
      : [
          `its second run says '${status}' (${second.targets[0]?.error?.message ?? "it should find nothing to do"})`,
        ];
  } finally {
    await host.close();
  }
}
