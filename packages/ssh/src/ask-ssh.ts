import { execFile } from "node:child_process";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { HostoutError } from "@hostout/kit";
import { requireOwnConfig } from "./own-config.ts";
import { type PlainConfig, readPlainConfig } from "./plain-config.ts";
import type { SshWish } from "./ssh-settings.ts";

/** Values of ssh_config for a host, by the names in small letters that `ssh -G` prints. */
export interface HostConfig extends Pick<PlainConfig, "mentioned"> {
  readonly values: ReadonlyMap<string, readonly string[]>;
}

/** How long `ssh -G` may take: a `Match exec` runs a program. */
const askMs = 30_000;

function configFiles(environment: SshWish["environment"]): readonly string[] {
  const own = environment.HOSTOUT_SSH_CONFIG;
  return own
    ? [resolve(own)]
    : [join(environment.HOME ?? homedir(), ".ssh", "config"), "/etc/ssh/ssh_config"];
}

/** The user's configuration of ssh and the system's, or the file that HOSTOUT_SSH_CONFIG names; who logs in is root, unless they say. */
export function sshConfigText(environment: SshWish["environment"]): string {
  const files = configFiles(environment);
  return [...files.map((file) => `Include "${file}"`), "Host *", "  User root", ""].join("\n");
}

/**
 * What ssh's configuration says of a host. hostout reads plain files itself, as a process for each host takes its time, and asks `ssh -G` for
 * all others.
 *
 * @throws HostoutError `bad-config` for what ssh refuses, and where there is no ssh for what only ssh reads
 */
export async function askSsh({ host, port, user, environment }: SshWish): Promise<HostConfig> {
  const files = configFiles(environment);
  if (!environment.HOSTOUT_SSH_CONFIG) files.forEach(requireOwnConfig);
  const home = environment.HOME ?? homedir();
  const given = { ...(port !== undefined && { port: String(port) }), ...(user !== undefined && { user }) };
  const plain = readPlainConfig(files, host, { home, given });
  const { mentioned, beyond } = plain;
  if (!beyond) return plain;
  const text = await sshG({ host, port, user, environment });
  if (text === undefined) throw withoutSsh(beyond);
  const values = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    const [, key = "", value = ""] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
    values.set(key.toLowerCase(), [...(values.get(key.toLowerCase()) ?? []), value]);
  }
  return { values, mentioned };
}

/** What `ssh -G` prints, where the last lines make root of the local user, as hostout's default is. Undefined: there is no ssh. */
function sshG({ host, port, user, environment }: SshWish): Promise<string | undefined> {
  const words = [
    ...(port === undefined ? [] : ["-p", String(port)]),
    ...(user === undefined ? [] : ["-l", user]),
  ];
  return new Promise((done, fail) => {
    // Node's own pipes are sockets, which cannot be opened as /dev/stdin: hence the `cat`.
    const script = 'command -v ssh >/dev/null || exit 127; cat | ssh -G -F /dev/stdin "$@"';
    const settings = { env: { ...environment } as NodeJS.ProcessEnv, timeout: askMs };
    const child = execFile(
      "/bin/sh",
      ["-c", script, "sh", ...words, "--", host],
      settings,
      (error, stdout, stderr) => {
        if (error?.code === 127) done(undefined);
        else if (error) fail(refusedBySsh(host, error.killed ? `no answer in ${askMs / 1000} s` : stderr));
        else done(stdout);
      },
    );
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(sshConfigText(environment));
  });
}

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
