import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { startSshdHost, type TestHost, writeKeyPair } from "@hostout/testing";

/** Real servers, keys and agents that many situations share. */
export interface SshSet {
  readonly folder: string;
  readonly servers: Readonly<Record<ServerName, TestHost>>;
  /** What known_hosts says of servers, by the name and port that they are reached by. */
  readonly known: (...names: readonly ServerName[]) => string;
  /** The `type base64` of a key file. */
  readonly publicKey: (name: string) => string;
  readonly close: () => Promise<void>;
}

/** The post-quantum exchange that ssh takes by itself costs more than all else of a login. */
const quick = "KexAlgorithms curve25519-sha256";

/** By what sshd is told besides. A value that begins with `{}` is a file of the set. */
const serverOptions = {
  web1: ["AcceptEnv X_*", quick],
  gate: [quick],
  few: ["MaxAuthTries 2", quick],
  old: ["Ciphers aes128-cbc", "MACs hmac-sha1", "KexAlgorithms diffie-hellman-group14-sha1"],
  quantum: ["KexAlgorithms sntrup761x25519-sha512@openssh.com"],
  two: ["AuthenticationMethods publickey,publickey", quick],
  typed: ["HostKey {}/host-rsa", "HostKey {}/host-ecdsa", quick],
  signed: ["HostKey {}/host-signed", "HostCertificate {}/host-signed-cert.pub", quick],
  trusting: ["TrustedUserCAKeys {}/ca.pub", "AuthorizedKeysFile none"],
  shut: ["Banner {}/banner", "AuthorizedKeysFile none", quick],
} as const;
export type ServerName = keyof typeof serverOptions;

export const serverNames = Object.keys(serverOptions) as readonly ServerName[];

/**
 * Keys: `id`, `second`, `rsa` (PEM), `ec` (PKCS#8) and `locked` (`id`, with a passphrase) open all servers, `other0` to `other7` none, `certified`
 * the server `trusting`. Agents: `few` (other0, rsa, id), `many` (8 others, id), `strangers` (other0, other1), `refusing` (id, with which it
 * does not sign, second), `nobody`, which is not there.
 */
export async function startSshSet(): Promise<SshSet> {
  const folder = await mkdtemp(join(tmpdir(), "hostout-set-"));
  const at = (name: string) => join(folder, name);
  const keygen = (...words: string[]) => execFileSync("ssh-keygen", ["-q", ...words]);
  const publicOf = async (name: string) =>
    writeFile(at(`${name}.pub`), execFileSync("ssh-keygen", ["-y", "-f", at(name)]));
  const agents: ChildProcess[] = [];
  const open: TestHost[] = [];
  const close = async () => {
    for (const agent of agents) agent.kill();
    await Promise.all(open.map((host) => host.close()));
    await rm(folder, { recursive: true });
  };
  try {
    const ours = ["id", "second"];
    const others = Array.from({ length: 8 }, (_, index) => `other${index}`);
    for (const name of [...ours, ...others, "certified", "host-signed", "changed"])
      await writeKeyPair(at(name), name);
    keygen("-t", "rsa", "-b", "2048", "-m", "PEM", "-N", "", "-f", at("rsa"));
    keygen("-t", "ecdsa", "-m", "PKCS8", "-N", "", "-f", at("ec"));
    keygen("-t", "rsa", "-b", "2048", "-N", "", "-f", at("host-rsa"));
    keygen("-t", "ecdsa", "-N", "", "-f", at("host-ecdsa"));
    await copyFile(at("id"), at("locked"));
    keygen("-p", "-P", "", "-N", "word", "-f", at("locked"));
    await copyFile(at("id"), at("ajar"));
    await chmod(at("ajar"), 0o644);
    await writeFile(at("garbled"), (await readFile(at("id"), "utf8")).slice(0, 150), { mode: 0o600 });
    await copyFile(at("id"), at(`key-${userInfo().username}`));
    await copyFile(at("id"), at("a key"));
    keygen("-t", "ed25519", "-N", "", "-f", at("ca"));
    for (const name of ["certified", "host-signed"]) await publicOf(name);
    keygen("-s", at("ca"), "-I", "me", "-n", userInfo().username, at("certified.pub"));
    keygen("-s", at("ca"), "-I", "host", "-h", "-n", "127.0.0.1", at("host-signed.pub"));
    await writeFile(at("banner"), "Only by the gate host.\n");
    const authorizedKey = [...ours, "rsa", "ec"]
      .map((name) => readFileSync(at(`${name}.pub`), "utf8").trim())
      .join("\n");
    for (const name of serverNames) {
      await mkdir(at(name));
      const options = serverOptions[name].map((line) => line.replace("{}", folder));
      open.push(
        await startSshdHost({ directory: at(name), authorizedKey, options, environment: { HOME: folder } }),
      );
    }
    const startAgent = async (name: string, keys: readonly string[]) => {
      // A key that it has to ask about, it does not sign with.
      const env = {
        ...process.env,
        SSH_ASKPASS: "/bin/false",
        SSH_ASKPASS_REQUIRE: "force",
        SSH_AUTH_SOCK: at(`agent-${name}`),
      };
      agents.push(spawn("ssh-agent", ["-D", "-a", at(`agent-${name}`)], { stdio: "ignore", env }));
      for (let tries = 0; tries < 300 && !existsSync(at(`agent-${name}`)); tries++)
        await new Promise((resolve) => setTimeout(resolve, 10));
      for (const key of keys)
        execFileSync("ssh-add", key.startsWith("-c ") ? ["-q", "-c", at(key.slice(3))] : ["-q", at(key)], {
          env,
        });
    };
    await startAgent("few", ["other0", "rsa", "id"]);
    await startAgent("many", [...others, "id"]);
    await startAgent("strangers", ["other0", "other1"]);
    await startAgent("refusing", ["-c id", "second"]);
  } catch (error) {
    await close();
    throw error;
  }
  const servers = Object.fromEntries(
    serverNames.map((name, index) => [name, open[index]!]),
  ) as SshSet["servers"];
  const publicKey = (name: string) =>
    readFileSync(at(`${name}.pub`), "utf8")
      .split(" ")
      .slice(0, 2)
      .join(" ")
      .trim();
  return {
    folder,
    servers,
    publicKey,
    known: (...names) =>
      names.map((name) => `[127.0.0.1]:${servers[name].port} ${servers[name].hostKey}\n`).join(""),
    close,
  };
}
