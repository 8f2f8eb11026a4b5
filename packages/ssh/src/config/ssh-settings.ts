import { existsSync } from "node:fs";
import type { Once } from "../process/once.ts";
import { askSsh, type HostConfig } from "./ask-ssh.ts";
import { expandHome } from "./expand-home.ts";
import { sshKeywords } from "./ssh-keywords.ts";
import { expandTokens } from "./ssh-tokens.ts";

/** A way to log in, by its name in ssh. */
export type LoginMethod = "publickey" | "password" | "keyboard-interactive";

/** Names of algorithms in order of preference. Undefined: ssh's configuration names none. */
export interface Algorithms {
  readonly kex: readonly string[] | undefined;
  readonly serverHostKey: readonly string[] | undefined;
  readonly cipher: readonly string[] | undefined;
  readonly hmac: readonly string[] | undefined;
}

/** The values of ssh's own configuration for a host. They apply where hostout has no option of its own. */
export interface SshSettings {
  readonly hostname: string;
  readonly port: number;
  readonly user: string;
  readonly identityFiles: readonly string[];
  readonly identitiesOnly: boolean;
  /** Socket of the agent. */
  readonly agent: string | undefined;
  readonly knownHostsFiles: readonly string[];
  /** The known_hosts file to which hostout writes an accepted key. */
  readonly rememberedIn: string | undefined;
  /** File of revoked host keys. */
  readonly revokedHostKeys: string | undefined;
  readonly hostKeyAlias: string | undefined;
  /** `yes`, `ask`, `no` (also `off`), `accept-new`. */
  readonly strictHostKeyChecking: string;
  /** Hosts of the proxy jump, first to last: `user@host:port`. */
  readonly jumps: readonly string[];
  readonly proxyCommand: string | undefined;
  /** Whether hostout hashes the name of a host when it remembers the key. */
  readonly hashKnownHosts: boolean;
  /** Time limit for the host's first answer, in milliseconds. */
  readonly connectTimeoutMs: number | undefined;
  /** Address of this machine from which to connect. */
  readonly bindAddress: string | undefined;
  /** 4, 6, or 0 for either. */
  readonly addressFamily: 0 | 4 | 6;
  readonly algorithms: Algorithms;
  /** Ways to log in that may be tried, in this order. */
  readonly methods: readonly LoginMethod[];
  /** Environment variables for commands on the host. */
  readonly sentEnvironment: Readonly<Record<string, string>>;
  /** Effective lines of the configuration that only ssh itself heeds. */
  readonly onlyOpenssh: readonly string[];
  /** The words with which a user connects to the same host with ssh. */
  readonly typed: { readonly options: readonly string[]; readonly host: string };
  /** Options that ssh needs to run a command of hostout. */
  readonly opensshOptions: readonly string[];
}

export interface SshWish {
  readonly host: string;
  readonly port: number | undefined;
  readonly user: string | undefined;
  /** Hosts to go through instead of those in the configuration. `none`: no proxy jump. */
  readonly jump?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Keeps the answer for a run. */
  readonly once?: Once | undefined;
}

/**
 * Reads the settings of a host from ~/.ssh/config and the system's file. `HOSTOUT_SSH_CONFIG` names another file to
 * read instead.
 *
 * @throws HostoutError `bad-config`
 */
export function readSshSettings(wish: SshWish): Promise<SshSettings> {
  const { host, port, user, jump, environment, once } = wish;
  const read = async () => settingsFrom(await askSsh(wish), wish);
  const files = [environment.HOME, environment.HOSTOUT_SSH_CONFIG];
  return once ? once.get(`ssh settings ${JSON.stringify([host, port, user, jump, files])}`, read) : read();
}

function settingsFrom(config: HostConfig, wish: SshWish): SshSettings {
  const { environment } = wish;
  const first = (key: string) => config.values.get(key)?.[0];
  const expand = (path: string) => expandHome(path, environment);
  // A file named `none` in the current folder must not pass for the word `none`.
  const filesOf = (key: string, unlessSet: string) =>
    (first(key) ?? unlessSet)
      .split(/[ \t]+/)
      .filter((file) => !/^(none)?$/i.test(file))
      .map(expand);
  const ownKnownHosts = filesOf("userknownhostsfile", "~/.ssh/known_hosts ~/.ssh/known_hosts2");
  const commonKnownHosts = filesOf(
    "globalknownhostsfile",
    "/etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2",
  );
  const revoked = unlessNone(first("revokedhostkeys"));
  const agent = unlessNone(first("identityagent")) ?? "SSH_AUTH_SOCK";
  const socket = /^\$?SSH_AUTH_SOCK$/.test(agent) ? environment.SSH_AUTH_SOCK : expand(agent);
  const timeout = Number(unlessNone(first("connecttimeout")) ?? 0);
  const methods = methodsOf(first);
  const place = {
    hostname: (first("hostname") ?? wish.host).toLowerCase(),
    port: Number(first("port") ?? wish.port ?? 22),
    user: first("user") ?? wish.user ?? "root",
    hostKeyAlias: unlessNone(first("hostkeyalias")),
  };
  const fileOf = (path: string) => expandTokens(expand(path), place, wish);
  return {
    ...place,
    identityFiles: (config.values.get("identityfile") ?? defaultKeys).map(fileOf),
    identitiesOnly: first("identitiesonly") === "yes",
    agent: first("identityagent") === "none" || socket === "" ? undefined : socket,
    knownHostsFiles: [...ownKnownHosts, ...commonKnownHosts],
    rememberedIn: ownKnownHosts[0],
    revokedHostKeys: revoked && fileOf(revoked),
    strictHostKeyChecking: (first("stricthostkeychecking") ?? "ask")
      .replace(/^(false|off)$/, "no")
      .replace(/^true$/, "yes"),
    jumps: unlessNone(wish.jump ?? first("proxyjump"))?.split(/\s*,\s*/) ?? [],
    proxyCommand: wish.jump === undefined ? unlessNone(first("proxycommand")) : undefined,
    hashKnownHosts: first("hashknownhosts") === "yes",
    connectTimeoutMs: timeout > 0 ? timeout * 1000 : undefined,
    bindAddress: unlessNone(first("bindaddress")),
    addressFamily: { inet: 4 as const, inet6: 6 as const }[first("addressfamily") ?? ""] ?? 0,
    algorithms: algorithmsOf(config),
    methods,
    sentEnvironment: sentFrom(config, environment),
    onlyOpenssh: [
      ...onlyOpensshOf(first, environment),
      ...unclearFiles(first),
      ...(methods.length === 0 ? [`PreferredAuthentications ${first("preferredauthentications")}`] : []),
    ],
    typed: typedOf(wish),
    opensshOptions: opensshOptionsOf(first),
  };
}

const defaultKeys = ["rsa", "ecdsa", "ecdsa_sk", "ed25519", "ed25519_sk", "xmss", "dsa"].map(
  (type) => `~/.ssh/id_${type}`,
);

type First = (key: string) => string | undefined;

const unlessNone = (value: string | undefined) =>
  value === undefined || value === "none" || value === "" ? undefined : value;

/** Returns the configured algorithms. Without a configuration `ssh -G` prints all algorithms of ssh, which concern ssh alone. */
function algorithmsOf({ values, mentioned }: HostConfig): Algorithms {
  const list = (key: string) =>
    mentioned === undefined || mentioned.has(key) ? values.get(key)?.[0]?.split(",") : undefined;
  return {
    kex: list("kexalgorithms"),
    serverHostKey: list("hostkeyalgorithms"),
    cipher: list("ciphers"),
    hmac: list("macs"),
  };
}

function methodsOf(first: First): readonly LoginMethod[] {
  const isOff = (key: string) => /^(?:no|false)$/.test(first(key) ?? "");
  const off = new Map<string, boolean>([
    ["publickey", isOff("pubkeyauthentication")],
    [
      "keyboard-interactive",
      isOff("kbdinteractiveauthentication") || isOff("challengeresponseauthentication"),
    ],
    ["password", isOff("passwordauthentication")],
  ]);
  const preferred = first("preferredauthentications")?.split(",") ?? [...off.keys()];
  return preferred.filter((method): method is LoginMethod => off.get(method) === false);
}

/** Returns the variables to send. Program messages stay in the host's language, because hostout reads some of them. */
function sentFrom(
  { values }: HostConfig,
  environment: SshWish["environment"],
): Readonly<Record<string, string>> {
  const forms = (values.get("sendenv") ?? [])
    .flatMap((line) => line.split(/[ \t]+/))
    .map((form) => new RegExp(`^${form.replaceAll("*", ".*").replaceAll("?", ".")}$`));
  const sent = Object.entries(environment).filter(
    ([name, value]) =>
      value !== undefined && !/^(?:LANG|LANGUAGE|LC_.*)$/.test(name) && forms.some((form) => form.test(name)),
  );
  const set = (values.get("setenv") ?? []).map((line) => /^([^=]+)=(.*)$/s.exec(line)?.slice(1) ?? []);
  return Object.fromEntries([...sent, ...set.filter((pair) => pair.length === 2)]);
}

function onlyOpensshOf(first: First, environment: SshWish["environment"]): readonly string[] {
  return sshKeywords.flatMap(({ name, nodeSsh, idle }) => {
    const value = nodeSsh === "openssh" ? first(name.toLowerCase()) : undefined;
    if (value === undefined || idle?.test(value)) return [];
    if (name === "GSSAPIAuthentication" && !hasTicket(environment)) return [];
    return [`${name} ${value}`];
  });
}

/**
 * Returns lines with unclear file names. `ssh -G` prints names without quotes: nobody can know where a name with a
 * blank ends.
 */
function unclearFiles(first: First): readonly string[] {
  return ["UserKnownHostsFile", "GlobalKnownHostsFile"].flatMap((name) => {
    const value = first(name.toLowerCase()) ?? "";
    const isClear = value.split(/[ \t]+/).every((file) => /^(?:~?\/.*|none|)$/i.test(file));
    return isClear ? [] : [`${name} ${value}`];
  });
}

function hasTicket({ KRB5CCNAME }: SshWish["environment"]): boolean {
  return KRB5CCNAME !== undefined || existsSync(`/tmp/krb5cc_${process.getuid?.() ?? ""}`);
}

function typedOf({ host, port, jump, environment }: SshWish): SshSettings["typed"] {
  const file = environment.HOSTOUT_SSH_CONFIG;
  const options = [
    ...(file ? ["-F", file] : []),
    ...(port === undefined ? [] : ["-p", String(port)]),
    ...(jump === undefined ? [] : ["-J", jump.replaceAll(/\s/g, "")]),
  ];
  return { options, host };
}

/**
 * Returns options that disable what ssh would run itself, or what would stop a command from running.
 * ssh refuses options that it does not know, so each appears only if necessary.
 */
function opensshOptionsOf(first: First): readonly string[] {
  const wanted = [
    ["RemoteCommand", "none"],
    ["SessionType", "default"],
    ["StdinNull", "no"],
    ["ForkAfterAuthentication", "no"],
  ] as const;
  return wanted.flatMap(([name, value]) => {
    const known = first(name.toLowerCase());
    return known === undefined || known === value ? [] : [`${name}=${value}`];
  });
}
