import { spawn } from "node:child_process";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { HostoutError } from "@hostout/kit";
import type { LimitFunction } from "p-limit";
import { killGroup } from "../process/kill-group.ts";
import { requireOwnConfig } from "./own-config.ts";
import { type PlainConfig, type ReadFiles, readPlainConfig } from "./plain-config.ts";
import type { SshWish } from "./ssh-settings.ts";

/** Values of ssh_config for a host, by the lower-case names that `ssh -G` prints. */
export interface HostConfig extends Pick<PlainConfig, "mentioned"> {
  readonly values: ReadonlyMap<string, readonly string[]>;
}

/** Time limit of `ssh -G`, in milliseconds: a `Match exec` runs a program. */
const askMs = 30_000;

/** The number of `ssh -G` processes at a time: of a thousand, none would end in time. */
const processesAtOnce = 8;
let turns: LimitFunction | undefined;

function configFiles(environment: SshWish["environment"]): readonly string[] {
  const own = environment.HOSTOUT_SSH_CONFIG;
  return own
    ? [resolve(own)]
    : [join(environment.HOME ?? homedir(), ".ssh", "config"), "/etc/ssh/ssh_config"];
}

/**
 * Returns a configuration that includes the user's and the system's file, or the file that HOSTOUT_SSH_CONFIG names.
 * Its default login user is root.
 */
export function sshConfigText(environment: SshWish["environment"]): string {
  const files = configFiles(environment);
  return [...files.map((file) => `Include "${file}"`), "Host *", "  User root", ""].join("\n");
}

/**
 * Returns the values of ssh's configuration for a host. hostout reads plain files itself, because a process for each
 * host takes time. For all others hostout asks `ssh -G`.
 *
 * @throws HostoutError `bad-config` for a configuration that ssh refuses, and without ssh for one that only ssh can
 * read
 */
export async function askSsh(
  { host, port, user, environment, once }: SshWish,
  limitMs = askMs,
): Promise<HostConfig> {
  const files = configFiles(environment);
  if (!environment.HOSTOUT_SSH_CONFIG) files.forEach(requireOwnConfig);
  const home = environment.HOME ?? homedir();
  const given = { ...(port !== undefined && { port: String(port) }), ...(user !== undefined && { user }) };
  const read = await once?.get("files of ssh_config", async (): Promise<ReadFiles> => new Map());
  const plain = readPlainConfig(files, host, { home, given }, read);
  const { mentioned, beyond } = plain;
  if (!beyond) return plain;
  const { default: pLimit } = await import("p-limit");
  turns ??= pLimit(processesAtOnce);
  const printed = await turns(() => sshG({ host, port, user, environment }, limitMs));
  if (printed === undefined) throw withoutSsh(beyond);
  const values = new Map<string, string[]>();
  for (const line of printed.split("\n")) {
    const [, key = "", value = ""] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
    values.set(key.toLowerCase(), [...(values.get(key.toLowerCase()) ?? []), value]);
  }
  return { values, mentioned };
}

/**
 * Returns the output of `ssh -G`. The last lines replace the local user by root, which is hostout's default. Undefined:
 * this machine has no ssh.
 */
async function sshG(
  { host, port, user, environment }: SshWish,
  limitMs: number,
): Promise<string | undefined> {
  const words = [
    ...(port === undefined ? [] : ["-p", String(port)]),
    ...(user === undefined ? [] : ["-l", user]),
  ];
  // Node's own pipes are sockets, and nobody can open a socket as /dev/stdin. Hence the `cat`.
  const script = 'command -v ssh >/dev/null || exit 127; cat | ssh -G -F /dev/stdin "$@"';
  const env = { ...environment } as NodeJS.ProcessEnv;
  const child = spawn("/bin/sh", ["-c", script, "sh", ...words, "--", host], { env, detached: true });
  const kill = () => killGroup(child.pid);
  asked.add(kill);
  child.stdin.on("error", () => undefined);
  child.stdin.end(sshConfigText(environment));
  const { promise: ended, resolve, reject } = Promise.withResolvers<number | null>();
  child.once("error", reject);
  child.once("close", resolve);
  const timer = setTimeout(() => {
    kill();
    reject(refusedBySsh(host, `no answer in ${limitMs / 1000} s`));
  }, limitMs);
  try {
    const said = Promise.all([text(child.stdout), text(child.stderr)]);
    const code = await ended;
    if (code === 127) return undefined;
    const [stdout, stderr] = await said;
    if (code !== 0) throw refusedBySsh(host, stderr);
    return stdout;
  } finally {
    clearTimeout(timer);
    asked.delete(kill);
  }
}

/** Functions that end the running `ssh -G` processes. Each has a group of its own, so Ctrl-C does not end them. */
const asked = new Set<() => void>();
process.once("exit", () => {
  for (const kill of asked) kill();
});

function refusedBySsh(host: string, said: string): HostoutError {
  const lines = said.split(/\r?\n/).filter((line) => line.trim() !== "" && !/terminating, /.test(line));
  return new HostoutError({
    code: "bad-config",
    message: `ssh refuses its configuration for ${host}: ${lines[0] ?? "it prints no reason"}`,
    hint: `ssh -G ${host}`,
    host,
  });
}

function withoutSsh({ place, text }: NonNullable<PlainConfig["beyond"]>): HostoutError {
  return new HostoutError({
    code: "bad-config",
    message: `only ssh can read its configuration, and this machine has no ssh: ${place}: ${text}`,
    hint: "Install the ssh client (Debian: apt-get install openssh-client), or name a plain file: HOSTOUT_SSH_CONFIG=FILE hostout …",
  });
}
