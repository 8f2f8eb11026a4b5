import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { expandHome } from "./expand-home.ts";
import { requireOwnConfig } from "./own-config.ts";
import { plainSshConfig, readSshConfig } from "./ssh-config.ts";

/** What ssh's own configuration says of a host, for what hostout itself does not set. */
export interface SshSettings {
  readonly hostname: string;
  readonly port: number;
  readonly user: string;
  readonly identityFiles: readonly string[];
  readonly identitiesOnly: boolean;
  /** Socket of the agent. */
  readonly agent: string | undefined;
  readonly knownHostsFiles: readonly string[];
  /** The one of them that a key which is accepted is written to. */
  readonly rememberedIn: string | undefined;
  /** File of keys that are no host's any more. */
  readonly revokedHostKeys: string | undefined;
  readonly hostKeyAlias: string | undefined;
  /** `yes`, `ask`, `no` (also `off`), `accept-new`. */
  readonly strictHostKeyChecking: string;
  /** Hosts to go through, first to last: `user@host:port`. */
  readonly jumps: readonly string[];
  readonly proxyCommand: string | undefined;
}

export interface SshWish {
  readonly host: string;
  readonly port: number | undefined;
  readonly user: string | undefined;
  /** Hosts to go through in place of those that the configuration names; `none`: none. */
  readonly jump?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads ~/.ssh/config and the system's file through `ssh -G`, or, where there is no ssh, the defaults.
 * `HOSTOUT_SSH_CONFIG` names another file to read in their place.
 */
export async function readSshSettings(wish: SshWish): Promise<SshSettings> {
  const home = wish.environment.HOME ?? homedir();
  const text = await askSsh(wish, home);
  const values = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    const [, key = "", value = ""] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
    values.set(key, [...(values.get(key) ?? []), value]);
  }
  const first = (key: string) => values.get(key)?.[0];
  const unlessNone = (value: string | undefined) =>
    value === undefined || value === "none" || value === "" ? undefined : value;
  const expand = (path: string) => expandHome(path, wish.environment);
  // A file of the present folder that is named `none` must not be taken for one.
  const filesOf = (key: string, unlessSet: string) =>
    (first(key)?.split(" ") ?? [unlessSet]).filter((file) => !/^(none)?$/i.test(file)).map(expand);
  const ownKnownHosts = filesOf("userknownhostsfile", "~/.ssh/known_hosts");
  const revoked = unlessNone(first("revokedhostkeys"));
  const agent = unlessNone(first("identityagent")) ?? "SSH_AUTH_SOCK";
  const socket = /^\$?SSH_AUTH_SOCK$/.test(agent) ? wish.environment.SSH_AUTH_SOCK : expand(agent);
  return {
    hostname: first("hostname") ?? wish.host,
    port: Number(first("port") ?? wish.port ?? 22),
    user: first("user") ?? wish.user ?? "root",
    identityFiles: (values.get("identityfile") ?? defaultKeys).map(expand),
    identitiesOnly: first("identitiesonly") === "yes",
    agent: first("identityagent") === "none" || socket === "" ? undefined : socket,
    knownHostsFiles: [...ownKnownHosts, ...filesOf("globalknownhostsfile", "/etc/ssh/ssh_known_hosts")],
    rememberedIn: ownKnownHosts[0],
    revokedHostKeys: revoked && expand(revoked),
    hostKeyAlias: unlessNone(first("hostkeyalias")),
    strictHostKeyChecking: (first("stricthostkeychecking") ?? "ask")
      .replace(/^(false|off)$/, "no")
      .replace(/^true$/, "yes"),
    jumps: unlessNone(wish.jump ?? first("proxyjump"))?.split(/\s*,\s*/) ?? [],
    proxyCommand: wish.jump === undefined ? unlessNone(first("proxycommand")) : undefined,
  };
}

const defaultKeys = ["~/.ssh/id_ed25519", "~/.ssh/id_ecdsa", "~/.ssh/id_rsa"];

function configFiles(environment: SshWish["environment"], home: string): readonly string[] {
  const own = environment.HOSTOUT_SSH_CONFIG;
  return own ? [own] : [join(home, ".ssh", "config"), "/etc/ssh/ssh_config"];
}

/** The user's configuration of ssh and the system's, or the file that HOSTOUT_SSH_CONFIG names; who logs in is root, unless they say. */
export function sshConfigText(environment: SshWish["environment"]): string {
  const files = configFiles(environment, environment.HOME ?? homedir());
  return [...files.map((file) => `Include "${file}"`), "Host *", "  User root", ""].join("\n");
}

/** `ssh -G` says the local user where none is configured; the last lines make that root, as hostout's default is. */
async function askSsh({ host, port, user, environment }: SshWish, home: string): Promise<string> {
  const files = configFiles(environment, home);
  if (!environment.HOSTOUT_SSH_CONFIG) files.forEach(requireOwnConfig);
  const plain = plainSshConfig(files, home);
  if (plain !== undefined) return fromText(plain, { port, user }, host);
  const config = sshConfigText(environment);
  const words = [
    ...(port === undefined ? [] : ["-p", String(port)]),
    ...(user === undefined ? [] : ["-l", user]),
  ];
  return new Promise((resolve) => {
    // Node's own pipes are sockets, which cannot be opened as /dev/stdin: hence the `cat`.
    const script = 'cat | ssh -G -F /dev/stdin "$@"';
    const child = execFile("/bin/sh", ["-c", script, "sh", ...words, "--", host], (error, stdout) =>
      resolve(error ? withoutSsh(files, { port, user }, host) : stdout),
    );
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(config);
  });
}

/** Where ssh is missing (or does not take the file, as it says itself when it is used), the files are read here. */
async function withoutSsh(
  files: readonly string[],
  { port, user }: Pick<SshWish, "port" | "user">,
  host: string,
): Promise<string> {
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8").catch(() => "")));
  return fromText(texts.join("\nHost *\n"), { port, user }, host);
}

function fromText(text: string, { port, user }: Pick<SshWish, "port" | "user">, host: string): string {
  const given = [
    ...(port === undefined ? [] : [`port ${port}`]),
    ...(user === undefined ? [] : [`user ${user}`]),
  ];
  return readSshConfig(["Host *", ...given, text, "Host *", "User root"].join("\n"), host);
}
