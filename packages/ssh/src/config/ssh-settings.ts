import { existsSync } from "node:fs";
import type { Once } from "../transport/once.ts";
import { askSsh, type HostConfig } from "./ask-ssh.ts";
import { expandHome } from "./expand-home.ts";
import { sshKeywords } from "./ssh-keywords.ts";
import { expandTokens } from "./ssh-tokens.ts";

/** A way to log in, by the name that ssh has for it. */
export type LoginMethod = "publickey" | "password" | "keyboard-interactive";

/** Names of algorithms, the preferred first. Undefined: ssh's configuration names none. */
export interface Algorithms {
  readonly kex: readonly string[] | undefined;
  readonly serverHostKey: readonly string[] | undefined;
  readonly cipher: readonly string[] | undefined;
  readonly hmac: readonly string[] | undefined;
}

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
  /** Whether the name of a host is hashed where its key is remembered. */
  readonly hashKnownHosts: boolean;
  /** How long a host may take to answer. */
  readonly connectTimeoutMs: number | undefined;
  /** Address of this machine to connect from. */
  readonly bindAddress: string | undefined;
  /** 4, 6, or 0 for either. */
  readonly addressFamily: 0 | 4 | 6;
  readonly algorithms: Algorithms;
  /** What may be tried, in this order. */
  readonly methods: readonly LoginMethod[];
  /** Variables for commands on the host. */
  readonly sentEnvironment: Readonly<Record<string, string>>;
  /** Lines of the configuration that are of effect and that only ssh itself heeds. */
  readonly onlyOpenssh: readonly string[];
  /** How a user connects to the same host with ssh. */
  readonly typed: { readonly options: readonly string[]; readonly host: string };
  /** Options that ssh must have so that it runs a command of hostout. */
  readonly opensshOptions: readonly string[];
}

export interface SshWish {
  readonly host: string;
  readonly port: number | undefined;
  readonly user: string | undefined;
  /** Hosts to go through in place of those that the configuration names; `none`: none. */
  readonly jump?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Keeps the answer for a run. */
  readonly once?: Once | undefined;
}

/**
 * What ~/.ssh/config and the system's file say of a host. `HOSTOUT_SSH_CONFIG` names another file to read in their place.
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
  // A file of the present folder that is named `none` must not be taken for one.
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

/** `ssh -G` prints all algorithms of ssh where none are configured: those are ssh's own matter. */
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

/** Messages of programs stay in the host's language: hostout reads some of them. */
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

/** `ssh -G` prints names of files without quotes: of one with a blank in it, nobody can know where it ends. */
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

/** In place of what would be run, or would keep a command from being run. ssh refuses options that it does not know, so that each is named where it must be. */
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
