import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import net, { type AddressInfo } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import type { Ask } from "@hostout/kit";
import { openConnections } from "@hostout/ssh";
import { fakeSite, hasSshd, startSshdHost, type TestHost, writeKeyPair } from "@hostout/testing";
import { describeUnless } from "../bed/describe-with.ts";

const user = userInfo().username;
const keygen = (...words: string[]) => execFileSync("ssh-keygen", ["-q", ...words]);

describeUnless(hasSshd() ? undefined : "there is no sshd", "what ssh's configuration says", () => {
  let folder: string;
  let authorizedKey: string;
  let host: TestHost;
  let port: number;
  const at = (name: string) => join(folder, name);
  const open: TestHost[] = [];
  const start = async (name: string, options: readonly string[] = [], key = authorizedKey) => {
    await mkdir(at(name));
    const started = await startSshdHost({
      ...{ directory: at(name), authorizedKey: key, options, environment: { HOME: folder } },
    });
    open.push(started);
    return started;
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "hostout-config-"));
    authorizedKey = await writeKeyPair(at("id"), "test");
    await writeKeyPair(at("other"), "other");
    host = await start("host", ["AcceptEnv X_*"]);
    ({ port } = host);
  });
  afterAll(async () => {
    await Promise.all(open.map((one) => one.close()));
    await rm(folder, { recursive: true });
  });
  const known = (one: TestHost = host) => `[127.0.0.1]:${one.port} ${one.hostKey}\n`;
  const otherKey = async () => (await readFile(at("other.pub"), "utf8")).split(" ").slice(0, 2).join(" ");

  /** What a line says on a host over a transport, or the error, and what the user is warned of. */
  const run = async (
    transport: string,
    config: string,
    {
      hosts = known(),
      to = port,
      line = "echo hello",
      ask,
      options = {},
    }: {
      hosts?: string;
      to?: number;
      line?: string;
      ask?: Ask;
      options?: Readonly<Record<string, string>>;
    } = {},
  ) => {
    await writeFile(at("known_hosts"), hosts);
    const base = `Host *\nIdentityFile ${folder}/id\nIdentitiesOnly yes\nUserKnownHostsFile ${folder}/known_hosts\n`;
    await writeFile(at("config"), `${config}\n${base}`);
    const environment = { ...process.env, X_SENT: "sent", HOSTOUT_SSH_CONFIG: at("config") };
    if (transport === "ssh") {
      const words = ["-F", at("config"), "-o", "BatchMode=yes", "-p", String(to), `${user}@127.0.0.1`, line];
      const { status, stdout } = spawnSync("ssh", words, {
        env: environment,
        encoding: "utf8",
        timeout: 20_000,
        input: "",
      });
      return { said: status === 0 ? stdout.trim() : "refused", warnings: [], error: undefined };
    }
    const warnings: string[] = [];
    const connections = openConnections({
      ...{ dryRun: false, ask, signal: new AbortController().signal, environment },
    });
    const output = {
      line: (stream: string, _machine: string, text: string) =>
        void (stream === "warning" && warnings.push(text)),
      progress: () => {},
      mark: "run.test",
    };
    const remote = connections.remote(
      fakeSite({ plugins: [], options: { transport, ...options } }),
      { name: "web1", address: "127.0.0.1", port: to, user },
      output,
    );
    const said = await remote.capture(["sh", "-c", line]).catch((error) => error);
    await connections.close();
    return typeof said === "string"
      ? { said, warnings, error: undefined }
      : { said: "refused", warnings, error: said };
  };
  const over = async (
    transports: readonly string[],
    ...words: Parameters<typeof run> extends [string, ...infer More] ? More : never
  ) => {
    const ran = [];
    for (const transport of transports) ran.push(await run(transport, ...words));
    return ran;
  };
  const all = ["ssh", "node-ssh", "openssh"];

  test.each([
    [
      "SetEnv X_A=one X_B='two words'\nSendEnv X_*\nBindAddress 127.0.0.9\nPreferredAuthentications keyboard-interactive,publickey\nCiphers aes256-ctr\nMACs hmac-sha2-512\nKexAlgorithms ecdh-sha2-nistp384",
      'echo "$X_A.$X_B.$X_SENT.${SSH_CLIENT%% *}"',
      "one.two words.sent.127.0.0.9",
    ],
    ["AddressFamily inet6", "echo hello", "refused"],
    ["PubkeyAuthentication no", "echo hello", "refused"],
    ["PreferredAuthentications password", "echo hello", "refused"],
    ["HostKeyAlgorithms rsa-sha2-512", "echo hello", "refused"],
    [
      "LocalForward 127.0.0.1:1 127.0.0.1:1\nExitOnForwardFailure yes\nRemoteCommand exit 7\nStdinNull yes\nSessionType none\nForkAfterAuthentication yes",
      "echo hello",
      undefined,
    ],
  ])("%j has the same effect over each transport as it has with ssh", async (config, line, said) => {
    // With some ssh runs no command, or none but that of the configuration: hostout runs its own.
    const transports = said === undefined ? all.slice(1) : all;
    expect((await over(transports, config, { line })).map((ran) => ran.said)).toEqual(
      transports.map(() => said ?? "hello"),
    );
  });

  test("the algorithms that are configured are those that the server gets", async () => {
    const old = await start("old", [
      "Ciphers aes128-cbc",
      "MACs hmac-sha1",
      "KexAlgorithms diffie-hellman-group14-sha1",
    ]);
    const target = { hosts: known(old), to: old.port };
    const config = "Ciphers aes128-cbc\nMACs hmac-sha1\nKexAlgorithms +diffie-hellman-group14-sha1";
    expect((await over(all, config, target)).map(({ said }) => said)).toEqual(["hello", "hello", "hello"]);
    expect((await over(all, "", target)).map(({ said }) => said)).toEqual(["refused", "refused", "refused"]);
  });

  test("ConnectTimeout is how long a host that says nothing is waited for, also where somebody could be asked", async () => {
    const server = net.createServer(() => undefined).listen(0, "127.0.0.1");
    await once(server, "listening");
    const to = (server.address() as AddressInfo).port;
    const startedMs = performance.now();
    const never = () => Promise.reject(new Error("asked"));
    const ran = [
      ...(await over(["node-ssh", "openssh"], "ConnectTimeout 1", { to })),
      ...(await over(["node-ssh", "openssh"], "ConnectTimeout 1", {
        to,
        ask: { secret: never, confirm: never },
      })),
    ];
    server.close();
    expect(ran.map(({ error }) => error?.code)).toEqual(Array(4).fill("unreachable"));
    expect(performance.now() - startedMs).toBeLessThan(18_000);
  });

  describe("a host key", () => {
    test.each(["yes", "ask", "accept-new", "no"])(
      "that is not known, with StrictHostKeyChecking %s",
      async (strict) => {
        const isTaken = strict === "accept-new" || strict === "no";
        const config = `StrictHostKeyChecking ${strict}`;
        const [ssh, ...ours] = await over(all, config, { hosts: "" });
        expect(ssh!.said).toBe(isTaken ? "hello" : "refused");
        for (const { said, warnings, error } of ours) {
          expect(said).toBe(ssh!.said);
          if (isTaken)
            expect(warnings.join()).toMatch(/^its key was not known and is added to .*known_hosts, as Str/);
          else {
            expect(error).toMatchObject({
              code: "host-key",
              message: expect.stringContaining("its key is not known"),
            });
            expect(error.hint).toContain(
              `ssh -F ${folder}/config -p ${port} -o StrictHostKeyChecking=ask ${user}@127.0.0.1`,
            );
          }
        }
      },
    );

    test.each(["yes", "ask", "accept-new", "no"])(
      "that has changed, with StrictHostKeyChecking %s",
      async (strict) => {
        const hosts = `[127.0.0.1]:${port} ${await otherKey()}\n`;
        const [ssh, ...ours] = await over(all, `StrictHostKeyChecking ${strict}`, { hosts });
        expect(ssh!.said).toBe(strict === "no" ? "hello" : "refused");
        for (const { said, warnings, error } of ours) {
          expect(said).toBe(ssh!.said);
          if (strict === "no")
            expect(warnings).toEqual([
              expect.stringMatching(/^its key is not the one in .*known_hosts:1.* without a password/),
            ]);
          else {
            expect(error).toMatchObject({ code: "host-key" });
            const hint = /: (ssh-keygen .*)$/.exec(error.hint)![1]!;
            await writeFile(at("known_hosts"), hosts);
            execFileSync("sh", ["-c", hint], { stdio: "ignore" });
            expect(await readFile(at("known_hosts"), "utf8")).toBe("");
          }
        }
      },
    );

    test("is known by its host without a port, beside odd lines and keys of other types, and refused where it is revoked", async () => {
      const lines = `127.0.0.1 1024 35 1337\n@nonsense * ssh-ed25519 AAAA\n[127.0.0.1]:${port} ssh-rsa AAAA\n127.0.0.1 ${host.hostKey}\n`;
      const strict = "StrictHostKeyChecking yes";
      expect((await over(all, strict, { hosts: lines })).map(({ said }) => said)).toEqual([
        "hello",
        "hello",
        "hello",
      ]);
      for (const strict of ["accept-new", "no"]) {
        const hosts = `${known()}@revoked * ${host.hostKey}\n`;
        const [ssh, ...ours] = await over(all, `StrictHostKeyChecking ${strict}`, { hosts });
        expect(ssh!.said).toBe(strict === "no" ? "hello" : "refused");
        const hint = strict === "no" ? undefined : "Do not connect before you know why.";
        const warned = strict === "no" ? [expect.stringMatching(/^its key is marked as revoked/)] : [];
        for (const { said, error, warnings } of ours)
          expect([said, error?.hint, warnings]).toEqual([ssh!.said, hint, warned]);
      }
    });
  });

  describe("transport = auto takes ssh where only ssh can do it:", () => {
    const says = async (config: string, settings: Parameters<typeof run>[2] = {}) => {
      const [ssh, own, auto] = await over(["ssh", "node-ssh", "auto"], config, settings);
      return { ssh: ssh!.said, own, auto: [auto!.said, auto!.warnings] };
    };

    test("a server that has post-quantum key exchange alone, and one that is configured", async () => {
      const kex = "sntrup761x25519-sha512@openssh.com";
      const { port: to, hostKey } = await start("quantum", [`KexAlgorithms ${kex}`]);
      const hosts = `[127.0.0.1]:${to} ${hostKey}\n`;
      expect(await says("", { to, hosts })).toMatchObject({
        ssh: "hello",
        own: { said: "refused" },
        auto: ["hello", []],
      });
      expect(await says(`KexAlgorithms ${kex}`)).toMatchObject({ ssh: "hello", auto: ["hello", []] });
      // That of sudo, say.
      expect(await run("auto", "", { to, hosts, options: { password: "x" } })).toMatchObject({
        said: "hello",
      });
    });

    test("a host that a certificate vouches for", async () => {
      keygen("-t", "ed25519", "-N", "", "-f", at("ca"));
      await start("vouched");
      execFileSync("ssh-keygen", ["-q", "-y", "-f", at("vouched/host-key")]);
      await writeFile(
        at("vouched/host-key.pub"),
        execFileSync("ssh-keygen", ["-y", "-f", at("vouched/host-key")]),
      );
      keygen("-s", at("ca"), "-I", "web1", "-h", "-n", "127.0.0.1,web1", at("vouched/host-key.pub"));
      await open.at(-1)!.close();
      const { port: again } = await start("signed", [
        `HostKey ${at("vouched/host-key")}`,
        `HostCertificate ${at("vouched/host-key-cert.pub")}`,
      ]);
      const hosts = `@cert-authority * ${await readFile(at("ca.pub"), "utf8")}`;
      const ran = await says("StrictHostKeyChecking yes", { to: again, hosts });
      expect(ran).toMatchObject({ ssh: "hello", own: { said: "refused" }, auto: ["hello", []] });
    });

    test("a user who logs in with a certificate", async () => {
      keygen("-t", "ed25519", "-N", "", "-f", at("user-ca"));
      await writeKeyPair(at("signed-id"), "signed");
      await writeFile(at("signed-id.pub"), execFileSync("ssh-keygen", ["-y", "-f", at("signed-id")]));
      keygen("-s", at("user-ca"), "-I", "me", "-n", user, at("signed-id.pub"));
      const { port: to, hostKey } = await start(
        "trusting",
        [`TrustedUserCAKeys ${at("user-ca.pub")}`],
        "# nobody",
      );
      const hosts = `[127.0.0.1]:${to} ${hostKey}\n`;
      const ran = await says(`IdentityFile ${at("signed-id")}`, { to, hosts });
      expect(ran).toMatchObject({ ssh: "hello", own: { said: "refused" }, auto: ["hello", []] });
    });

    test("a host on the way that a certificate logs in to, that KnownHostsCommand knows, or that has post-quantum alone", async () => {
      keygen("-t", "ed25519", "-N", "", "-f", at("way-ca"));
      await writeKeyPair(at("way-id"), "way");
      await writeFile(at("way-id.pub"), execFileSync("ssh-keygen", ["-y", "-f", at("way-id")]));
      keygen("-s", at("way-ca"), "-I", "me", "-n", user, at("way-id.pub"));
      const byCertificate = await start("gate", [`TrustedUserCAKeys ${at("way-ca.pub")}`], "# nobody");
      const quantum = await start("quantum-gate", ["KexAlgorithms sntrup761x25519-sha512@openssh.com"]);
      const plain = await start("plain-gate");
      const ways = [
        [byCertificate, `IdentityFile ${at("way-id")}`, known(byCertificate)],
        [plain, `KnownHostsCommand /bin/echo ${known(plain).trim()}`, ""],
        [quantum, "", known(quantum)],
      ] as const;
      for (const [gate, line, hosts] of ways) {
        const config = `Host 127.0.0.1\nProxyJump gate\nHost gate\nHostName 127.0.0.1\nPort ${gate.port}\nUser ${user}\n${line}`;
        const before = await gate.loginCount();
        expect(await says(config, { hosts: `${known()}${hosts}` })).toMatchObject({
          ssh: "hello",
          own: { said: "refused" },
          auto: ["hello", []],
        });
        expect((await gate.loginCount()) - before).toBe(2);
      }
      const forwarding = `Host 127.0.0.1\nProxyJump gate\nHost gate\nHostName 127.0.0.1\nPort ${plain.port}\nUser ${user}\nForwardAgent yes`;
      expect(await run("node-ssh", forwarding, { hosts: `${known()}${known(plain)}` })).toMatchObject({
        said: "hello",
        warnings: [],
      });
    });

    test("KnownHostsCommand, of which hostout's own ssh says that it does not heed it", async () => {
      const config = `KnownHostsCommand /bin/echo [127.0.0.1]:${port} ${host.hostKey}`;
      const ran = await says(config, { hosts: "" });
      expect(ran).toMatchObject({ ssh: "hello", own: { said: "refused" }, auto: ["hello", []] });
      const { said, warnings } = await run("node-ssh", config);
      expect([said, warnings]).toEqual([
        "hello",
        [expect.stringContaining("does not heed 'KnownHostsCommand")],
      ]);
    });
  });
});
