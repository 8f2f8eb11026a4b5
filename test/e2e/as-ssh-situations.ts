/** A situation, and what ssh does in it. `{}` is the folder of the set, `{NAME}` the port of a server, `{KEY NAME}` a public key. */
export interface Situation {
  readonly config: string;
  /** Who is let in with it, as the host sees it: by default the user, at web1. Else the code of the refusal. */
  readonly comes?: string;
  readonly agent?: string;
  /** In place of what known_hosts has of all servers. */
  readonly hosts?: string;
  /** Files beside the configuration. */
  readonly files?: Readonly<Record<string, string>>;
  /** ssh itself starts one process after the other, and does not end. */
  readonly isEndless?: true;
  /** What only ssh can do. */
  readonly onlySsh?: true;
}

const unknown = { hosts: "" };
const changed = { hosts: "[127.0.0.1]:{web1} {KEY changed}\n" };
const bySecondHop = "Host web1\nProxyJump gate\nHost gate\nPort {gate}\n";

export const situations: Readonly<Record<string, Situation>> = {
  // Keys
  "the agent's key that a file names, of nine": { config: "IdentityFile {}/id", agent: "many" },
  "nine keys, and a file that is none of them": {
    config: "IdentityFile {}/second",
    agent: "many",
    comes: "login-refused",
  },
  "IdentitiesOnly, and the agent has the right one": {
    config: "IdentitiesOnly yes\nIdentityFile {}/other7",
    agent: "few",
    comes: "login-refused",
  },
  "IdentitiesOnly with the public half": {
    config: "IdentitiesOnly yes\nIdentityFile {}/id.pub",
    agent: "many",
  },
  "a public key alone": { config: "IdentityFile {}/id.pub", comes: "login-refused" },
  "a key with a passphrase that the agent has": { config: "IdentityFile {}/locked", agent: "many" },
  "a key with a passphrase, and nobody to ask": { config: "IdentityFile {}/locked", comes: "login-refused" },
  "an agent that is dead": { config: "IdentityFile {}/id", agent: "nobody" },
  "an agent that does not sign": { config: "IdentityFile none", agent: "refusing" },
  "IdentityAgent none": {
    config: "IdentityAgent none\nIdentityFile none",
    agent: "few",
    comes: "login-refused",
  },
  "IdentityAgent in place of SSH_AUTH_SOCK": {
    config: "IdentityAgent {}/agent-few\nIdentityFile none",
    agent: "nobody",
  },
  "a key of openssl, PEM": { config: "IdentityFile {}/rsa" },
  "a key of openssl, PKCS#8": { config: "IdentityFile {}/ec" },
  "a garbled key, then a good one": { config: "IdentityFile {}/garbled\nIdentityFile {}/id" },
  "a key that others may read": { config: "IdentityFile {}/ajar", comes: "login-refused" },
  "a key that is missing": { config: "IdentityFile {}/nowhere", comes: "login-refused" },
  "a login in two parts": {
    config: "Port {two}\nIdentityFile {}/id\nIdentityFile {}/second",
    comes: "at two",
  },
  "a login in two parts, and one key": { config: "Port {two}\nIdentityFile {}/id", comes: "login-refused" },
  "more keys than the server bears": {
    config: "Port {few}\nIdentityFile none",
    agent: "strangers",
    comes: "login-refused",
  },
  "the right one before the server has enough": {
    config: "Port {few}\nIdentityFile {}/id",
    agent: "strangers",
    comes: "login-refused",
  },
  "a banner above a refusal": { config: "Port {shut}\nIdentityFile {}/id", comes: "login-refused" },
  "PubkeyAuthentication no": { config: "PubkeyAuthentication no", comes: "login-refused" },
  "PreferredAuthentications without keys": {
    config: "PreferredAuthentications password",
    comes: "login-refused",
  },
  "a certificate": {
    config: "Port {trusting}\nIdentityFile {}/certified",
    comes: "at trusting",
    onlySsh: true,
  },
  // Keys of hosts
  "an entry without the port": { config: "", hosts: "127.0.0.1 {HOSTKEY web1}\n" },
  "an entry with another port": { config: "", hosts: "[127.0.0.1]:1 {HOSTKEY web1}\n", comes: "host-key" },
  "entries with wildcards, and one that is left out": { config: "", hosts: "127.0.0.* {HOSTKEY web1}\n" },
  "an entry that leaves the host out": {
    config: "",
    hosts: "*,!*127.0.0.1* {HOSTKEY web1}\n",
    comes: "host-key",
  },
  "odd lines before the right one": {
    config: "",
    hosts:
      "\n# text\n127.0.0.1 1024 35 1337\n@nonsense * ssh-ed25519 AAAA\n127.0.0.1 ssh-rsa AAAA\n[127.0.0.1]:{web1} {HOSTKEY web1} a comment\n",
  },
  "a key that is revoked": {
    config: "",
    hosts: "[127.0.0.1]:{web1} {HOSTKEY web1}\n@revoked * {HOSTKEY web1}\n",
    comes: "host-key",
  },
  HostKeyAlias: { config: "HostKeyAlias theweb", hosts: "theweb {HOSTKEY web1}\n" },
  "a host of several keys, known by the one that comes last": {
    config: "Port {typed}",
    hosts: "[127.0.0.1]:{typed} {KEY host-rsa}\n",
    comes: "at typed",
  },
  "a host of several keys, known by one that it has no more": {
    config: "Port {typed}",
    hosts: "[127.0.0.1]:{typed} {KEY changed}\n",
    comes: "host-key",
  },
  "a host that a certificate vouches for": {
    config: "Port {signed}",
    hosts: "@cert-authority * {KEY ca}\n",
    comes: "at signed",
    onlySsh: true,
  },
  KnownHostsCommand: {
    config: "KnownHostsCommand /bin/echo [127.0.0.1]:{web1} {HOSTKEY web1}",
    ...unknown,
    onlySsh: true,
  },
  NoHostAuthenticationForLocalhost: {
    config: "NoHostAuthenticationForLocalhost yes",
    ...changed,
    onlySsh: true,
  },
  ...Object.fromEntries(
    ["yes", "ask", "accept-new", "no"].flatMap((value): [string, Situation][] => {
      const config = `StrictHostKeyChecking ${value}`;
      const isTaken = value === "no" || value === "accept-new";
      return [
        [
          `${config}, and a key that is not known`,
          { config, ...unknown, ...(isTaken ? {} : { comes: "host-key" }) },
        ],
        [
          `${config}, and a key that has changed`,
          { config, ...changed, ...(value === "no" ? {} : { comes: "host-key" }) },
        ],
      ];
    }),
  ),
  // What both must have in common
  "no algorithm in common": { config: "Port {old}", comes: "unreachable" },
  "what is configured in common": {
    config: "Port {old}\nCiphers +aes128-cbc\nMACs hmac-sha1\nKexAlgorithms +diffie-hellman-group14-sha1",
    comes: "at old",
  },
  "a server with post-quantum exchange alone": {
    config: "Port {quantum}",
    comes: "at quantum",
    onlySsh: true,
  },
  "HostKeyAlgorithms that the server has not": {
    config: "HostKeyAlgorithms rsa-sha2-512",
    comes: "host-key",
  },
  // Reading
  "Host lines, the first of which counts": {
    config: "Host other\nPort 1\nHost web1 other\nPort {gate}\nHost *\nPort 1",
    comes: "at gate",
  },
  "a host that is left out": { config: "Host !web1 *\nPort 1\nHost *" },
  "several quoted hosts": { config: 'Host "other" "web1"\nPort {gate}', comes: "at gate" },
  "a comment behind a value": { config: "Port {gate} # the gate", comes: "at gate" },
  "quotes, an equals sign and small letters": {
    config: 'port="{gate}"\nidentityfile = "{}/a key"',
    comes: "at gate",
  },
  "an Include of another host": {
    config: "Host other\nInclude {}/extra\nHost *",
    files: { extra: "Port 1\n" },
  },
  "lines after an Include that has a Host of its own": {
    config: "Include {}/extra\nPort {gate}",
    files: { extra: "Host other\nPort 1\n" },
    comes: "at gate",
  },
  "an Include inside of a Host": {
    config: "Host web1\nInclude {}/extra\nHost *",
    files: { extra: "Port {gate}\n" },
    comes: "at gate",
  },
  "tokens in IdentityFile": { config: "IdentityFile {}/key-%u" },
  "a variable in IdentityFile": { config: "IdentityFile ${X_FOLDER}/id" },
  "Match exec": { config: "Match exec true\nPort {gate}\nMatch all", comes: "at gate" },
  "the name of a port": { config: "Port ssh-nothing", comes: "bad-config" },
  "a keyword that there is not": { config: "Nonsense yes", comes: "bad-config" },
  "a keyword that there is not, and IgnoreUnknown": { config: "IgnoreUnknown Non*\nNonsense yes" },
  // The way
  ProxyJump: { config: bySecondHop },
  "ProxyJump through two": { config: `${bySecondHop}ProxyJump further\nHost further\nPort {few}\n` },
  "ProxyJump none before ProxyJump": {
    config: "ProxyJump none\nHost web1\nProxyJump nowhere.invalid\nHost *",
  },
  "ProxyJump in a circle": { config: "ProxyJump web1", comes: "unreachable", isEndless: true },
  "a host on the way whose key is not known": {
    config: bySecondHop,
    hosts: "[127.0.0.1]:{web1} {HOSTKEY web1}\n",
    comes: "host-key",
  },
  "ProxyCommand before ProxyJump": {
    config: `ProxyCommand {}/connect %h {gate}\nProxyJump nowhere.invalid`,
    hosts: "127.0.0.1 {HOSTKEY gate}\n",
    comes: "at gate",
  },
  "ProxyJump before ProxyCommand": { config: `${bySecondHop}Host web1\nProxyCommand false` },
  "a host that is silent": { config: "Port {silent}\nConnectTimeout 1", comes: "unreachable" },
  "a port where nothing listens": { config: "Port 1", comes: "unreachable" },
  BindAddress: { config: "BindAddress 127.0.0.9", comes: "at web1 from 127.0.0.9" },
  "AddressFamily inet6": { config: "AddressFamily inet6", comes: "unreachable" },
  "SetEnv and SendEnv": {
    config: "SetEnv X_A='two words'\nSendEnv X_SENT",
    comes: "at web1 with two words,sent",
  },
};
