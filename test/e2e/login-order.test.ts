import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { openConnections } from "@hostout/ssh";
import { fakeSite, hasSshd, startSshdHost, type TestHost, writeKeyPair } from "@hostout/testing";
import { describeUnless } from "../bed/describe-with.ts";

const output = { line: () => {}, progress: () => {}, mark: "run.test" };
const { username } = userInfo();

/** What the server saw of a login: fingerprints of keys in their order, and whether one let it in. */
interface Login {
  readonly isIn: boolean;
  readonly offers: readonly string[];
}

describeUnless(hasSshd() ? undefined : "there is no sshd", "keys are offered as ssh offers them", () => {
  let folder: string;
  let host: TestHost;
  const agents: ChildProcess[] = [];
  const at = (name: string) => join(folder, name);
  const keygen = (...words: string[]) => execFileSync("ssh-keygen", ["-q", ...words]);
  const startAgent = async (name: string, keys: readonly string[]) => {
    // A key that it has to ask about, it does not sign with.
    const env = { ...process.env, SSH_ASKPASS: "/bin/false", SSH_ASKPASS_REQUIRE: "force" };
    agents.push(spawn("ssh-agent", ["-D", "-a", at(name)], { stdio: "ignore", env }));
    for (let tries = 0; tries < 300 && !existsSync(at(name)); tries++)
      await new Promise((resolve) => setTimeout(resolve, 10));
    const add = (...words: string[]) =>
      execFileSync("ssh-add", ["-q", ...words], { env: { ...env, SSH_AUTH_SOCK: at(name) } });
    for (const key of keys) add(...(key.startsWith("-c ") ? ["-c", at(key.slice(3))] : [at(key)]));
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "hostout-order-"));
    const authorizedKey = `${await writeKeyPair(at("id"), "test")}\n${await writeKeyPair(at("second"), "test")}`;
    await mkdir(at("host"));
    const options = ["LogLevel VERBOSE"];
    host = await startSshdHost({
      directory: at("host"),
      authorizedKey,
      options,
      environment: { HOME: folder },
    });
    await writeFile(at("known_hosts"), `[127.0.0.1]:${host.port} ${host.hostKey}\n`);
    for (let index = 0; index < 8; index++) await writeKeyPair(at(`other${index}`), "other");
    keygen("-t", "rsa", "-b", "1024", "-m", "PEM", "-N", "", "-f", at("rsa"));
    await copyFile(at("id"), at("locked"));
    keygen("-p", "-P", "", "-N", "word", "-f", at("locked"));
    await copyFile(at("id"), at("ajar"));
    await chmod(at("ajar"), 0o644);
    await copyFile(at("id.pub"), at("gone.pub"));
    await copyFile(at("id.pub"), at("ajar.pub"));
    const few = ["other0", "rsa", "id"];
    const others = Array.from({ length: 8 }, (_, index) => `other${index}`);
    await startAgent("few", few);
    await startAgent("many", [...others, "id"]);
    await startAgent("strangers", ["other0", "other1"]);
    await startAgent("refusing", ["-c id", "second"]);
    for (const form of ["PEM", "PKCS8"])
      for (const [type, name] of [
        ["rsa", "rsa"],
        ["ecdsa", "ec"],
      ] as const)
        keygen(
          "-t",
          type,
          ...(type === "rsa" ? ["-b", "1024"] : []),
          "-m",
          form,
          "-N",
          "",
          "-f",
          at(`${name}-${form}`),
        );
    const openssl = (...words: string[]) => execFileSync("openssl", words, { stdio: "pipe" });
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-out", at("parameters"));
    await chmod(at("parameters"), 0o600);
  });
  afterAll(async () => {
    for (const agent of agents) agent.kill();
    await host?.close();
    await rm(folder, { recursive: true });
  });

  /** What the server saw while something was done. */
  const watch = async (act: () => Promise<boolean>): Promise<Login> => {
    const log = join(at("host"), "sshd.log");
    const before = (await readFile(log, "utf8")).length;
    const isIn = await act();
    const text = (await readFile(log, "utf8")).slice(before);
    const offers = [...text.matchAll(/^(?:Failed|Accepted) publickey .* (SHA256:\S+)/gm)].map(
      ([, key]) => key!,
    );
    return { isIn, offers: offers.map((print) => names.get(print) ?? print) };
  };
  const names = new Map<string, string>();

  test.each([
    ["the agent's keys before files that it does not have", "IdentityFile other7\n", "few"],
    ["the agent's key that a file names, before the agent's others", "IdentityFile id\n", "few"],
    ["the one of nine that a file names", "IdentityFile id\n", "many"],
    ["the one of nine that a public file names", "IdentityFile id.pub\n", "many"],
    ["the one of nine that a missing file has a public half of", "IdentityFile gone\n", "many"],
    ["the one of nine whose file others may read", "IdentityFile ajar\n", "many"],
    ["the one of nine whose file has a passphrase", "IdentityFile locked\n", "many"],
    ["too many of the agent", "IdentityFile other7\n", "many"],
    ["IdentitiesOnly: the agent's others are not offered", "IdentitiesOnly yes\nIdentityFile rsa\n", "few"],
    ["IdentitiesOnly with a public file", "IdentitiesOnly yes\nIdentityFile id.pub\n", "many"],
    [
      "IdentitiesOnly: the agent's keys before files that it does not have",
      "IdentitiesOnly yes\nIdentityFile other3\nIdentityFile rsa\nIdentityFile other0\n",
      "few",
    ],
    ["an agent that does not sign with a key: its next one", "IdentityFile none\n", "refusing"],
    [
      "keys in the forms of OpenSSL",
      "IdentityFile rsa-PEM\nIdentityFile ec-PEM\nIdentityFile rsa-PKCS8\nIdentityFile ec-PKCS8\nIdentityFile parameters\n",
      undefined,
    ],
    ["strangers of the agent, then the file", "IdentityFile id\n", "strangers"],
    ["an agent that is dead", "IdentityFile other2\nIdentityFile id\n", "nobody"],
  ])("%s", async (_what, text, agent) => {
    if (names.size === 0)
      for (const name of ["id", "rsa", ...Array.from({ length: 8 }, (_, index) => `other${index}`)])
        names.set(
          execFileSync("ssh-keygen", ["-lf", at(`${name}.pub`)], { encoding: "utf8" }).split(" ")[1]!,
          name,
        );
    const home = await mkdtemp(join(folder, "home-"));
    const config = `${text.replaceAll(/IdentityFile (?!none)/g, `IdentityFile ${folder}/`)}UserKnownHostsFile ${folder}/known_hosts\nUser ${username}\n`;
    await writeFile(join(home, "config"), config);
    const { SSH_AUTH_SOCK, ...env } = process.env;
    const environment = {
      ...env,
      HOME: home,
      HOSTOUT_SSH_CONFIG: join(home, "config"),
      ...(agent !== undefined && { SSH_AUTH_SOCK: at(agent) }),
    };
    const bySsh = await watch(() =>
      promisify(execFile)(
        "ssh",
        ["-F", join(home, "config"), "-o", "BatchMode=yes", "-p", String(host.port), host.address, "true"],
        { env: environment },
      ).then(
        () => true,
        () => false,
      ),
    );
    const byHostout = await watch(async () => {
      const connections = openConnections({
        dryRun: false,
        ask: undefined,
        signal: new AbortController().signal,
        environment,
      });
      const target = { name: "web1", address: host.address, port: host.port, user: username };
      const isIn = await connections
        .remote(fakeSite({ plugins: [] }), target, output)
        .run(["true"])
        .then(
          () => true,
          () => false,
        );
      await connections.close();
      return isIn;
    });
    expect(byHostout).toEqual(bySsh);
  });
});
