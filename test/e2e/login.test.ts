import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import net, { type AddressInfo } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import type { Connections, HostoutError } from "@hostout/kit";
import { openConnections } from "@hostout/ssh";
import {
  fakeSite,
  hasSshd,
  startEmbeddedHost,
  startSshdHost,
  type TestHost,
  writeKeyPair,
} from "@hostout/testing";
import { describeUnless } from "../bed/describe-with.ts";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "hostout-login-"));
});
afterEach(() => rm(home, { recursive: true }));

const ask = { secret: async () => "", confirm: async () => false };

const output = { line: () => {}, progress: () => {}, mark: "run.test" };

/** What becomes of a command on a host, and of the session with it, when the run has ended. */
async function run(
  address: string,
  port: number | undefined,
  config = "",
  transport = "node-ssh",
): Promise<unknown> {
  await writeFile(join(home, "config"), config);
  const connections = openConnections({
    dryRun: false,
    ask,
    signal: new AbortController().signal,
    environment: { PATH: process.env.PATH, HOME: home, HOSTOUT_SSH_CONFIG: join(home, "config") },
  });
  const host = { name: "web1", address, port, user: userInfo().username };
  const remote = connections.remote(fakeSite({ plugins: [], options: { transport } }), host, output);
  const failure = await remote.run(["true"]).catch((error) => error);
  await connections.close();
  return failure;
}

/** A port of the loopback that hands connections on; `open` are those that are there. */
async function listen(serve: (socket: net.Socket) => void) {
  const open = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    open.add(socket);
    socket.on("error", () => undefined).on("close", () => open.delete(socket));
    serve(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, open, server };
}

test.each([
  ["node-ssh", "nothing listens there"],
  ["openssh", "Connection refused"],
])(
  "a server that hangs up at once is come to again over %s",
  async (transport, said) => {
    if (transport === "openssh" && !hasSshd()) return;
    const { port, server } = await listen((socket) => {
      socket.end("Exceeded MaxStartups\r\n");
      server.close();
    });
    expect(await run("127.0.0.1", port, "", transport)).toMatchObject({
      code: "unreachable",
      message: expect.stringContaining(said),
    });
  },
  10_000,
);

test("no session stays with a host that has no way to the one behind it", async () => {
  const authorizedKey = await writeKeyPair(join(home, "id"), "test");
  await mkdir(join(home, "host"));
  const jump = await startEmbeddedHost({ directory: join(home, "host"), authorizedKey });
  const way = await listen((socket) => {
    const inner = net.connect(jump.port, jump.address);
    inner.on("error", () => undefined);
    socket.pipe(inner).pipe(socket);
  });
  await writeFile(join(home, "known_hosts"), `[127.0.0.1]:${way.port} ${jump.hostKey}\n`);
  const config = `Host behind
  ProxyJump ${userInfo().username}@127.0.0.1:${way.port}
Host *
  IdentityFile ${home}/id
  UserKnownHostsFile ${home}/known_hosts
`;
  const failure = await run("behind", undefined, config);
  expect([failure, await jump.loginCount()]).toMatchObject([{ code: "unreachable" }, 1]);
  for (let tries = 0; tries < 200 && way.open.size > 0; tries++)
    await new Promise((resolve) => setTimeout(resolve, 10));
  const left = way.open.size;
  for (const socket of way.open) socket.destroy();
  way.server.close();
  await jump.close();
  expect(left).toBe(0);
});

const sshd = hasSshd() ? undefined : "there is no sshd";

describeUnless(sshd, "sshd", () => {
  let folder: string;
  let host: TestHost;
  let agent: ChildProcess;
  const socket = () => join(folder, "agent");
  const at = (name: string) => join(folder, name);
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "hostout-keys-"));
    const authorizedKey = await writeKeyPair(at("id"), "test");
    await mkdir(at("host"));
    host = await startSshdHost({ directory: at("host"), authorizedKey, environment: { HOME: folder } });
    await writeFile(at("known_hosts"), `[127.0.0.1]:${host.port} ${host.hostKey}\n`);
    const others = Array.from({ length: 7 }, (_, index) => at(`other${index}`));
    for (const file of [...others, at("ajar")]) await writeKeyPair(file, "other");
    await chmod(at("ajar"), 0o644);
    await writeFile(at("garbled"), `${(await readFile(at("id"), "utf8")).slice(0, 150)}\n`, { mode: 0o600 });
    await writeFile(at("letter"), "Dear host\n", { mode: 0o600 });
    await copyFile(at("id"), at("locked"));
    execFileSync("ssh-keygen", ["-q", "-p", "-P", "", "-N", "word", "-f", at("locked")]);
    agent = spawn("ssh-agent", ["-D", "-a", socket()], { stdio: "ignore" });
    for (let tries = 0; tries < 200 && !existsSync(socket()); tries++)
      await new Promise((resolve) => setTimeout(resolve, 10));
    execFileSync("ssh-add", ["-q", ...others], { env: { ...process.env, SSH_AUTH_SOCK: socket() } });
  });
  afterAll(async () => {
    agent?.kill();
    await host?.close();
    await rm(folder, { recursive: true });
  });

  interface Trial {
    readonly identityFile?: string;
    readonly config?: string;
    readonly agent?: string;
    readonly answer?: string;
    readonly to?: TestHost;
    readonly options?: Readonly<Record<string, string>>;
  }

  /** What becomes of a command, and of what was asked before. */
  const login = async (
    transport: string,
    { identityFile, config = "", agent, answer, to = host, options: more }: Trial,
  ) => {
    const asked: string[] = [];
    const text = `${config}UserKnownHostsFile ${folder}/known_hosts\n`;
    await writeFile(
      join(home, "config"),
      text.includes("IdentityFile") ? text : `${text}IdentityFile none\n`,
    );
    const { SSH_AUTH_SOCK, ...env } = process.env;
    const connections = openConnections({
      dryRun: false,
      ask: answer === undefined ? undefined : askFrom(asked, answer),
      signal: new AbortController().signal,
      environment: {
        ...env,
        HOME: home,
        HOSTOUT_SSH_CONFIG: join(home, "config"),
        ...(agent !== undefined && { SSH_AUTH_SOCK: agent }),
      },
    });
    const options = {
      transport,
      ...more,
      ...(identityFile !== undefined && { "identity-file": identityFile }),
    };
    const target = { name: "web1", address: to.address, port: to.port, user: userInfo().username };
    const remote = connections.remote(fakeSite({ plugins: [], options }), target, output);
    const failure = await remote.run(["true"]).then(
      () => "ok",
      (error: unknown) => error,
    );
    await connections.close();
    return { failure, asked };
  };
  const askFrom = (asked: string[], answer: string) => ({
    secret: async (question: string) => {
      asked.push(question);
      return answer;
    },
    confirm: async (question: string) => asked.push(question) < 0,
  });

  describe.each(["node-ssh", "openssh"])("over %s", (transport) => {
    test.each([
      ["that is missing", "nowhere", "does not exist", "or leave the option out"],
      ["that is public", "id.pub", "is a public key, and no agent has its private key", "private key: "],
      ["that is garbled", "garbled", "is a damaged private key", "ssh-keygen -y"],
      ["that is none", "letter", "is no private key", "ssh-keygen -y"],
      ["that is a folder", "host", "is a folder", "or leave the option out"],
      ["that others may read", "ajar", "may be read by others (mode 0644)", "chmod 600"],
      ["that wants a passphrase, and nobody is there", "locked", "wants a passphrase", "ssh-add"],
    ])("an identity-file %s is named", async (_what, name, why, hint) => {
      const { failure } = await login(transport, { identityFile: at(name) });
      expect(failure).toMatchObject({
        code: "login-refused",
        message: expect.stringContaining(`identity-file ${at(name)} ${why}`),
        hint: expect.stringContaining(hint),
      });
    });

    test("a key is enough where the agent is dead", async () => {
      expect(await login(transport, { identityFile: at("id"), agent: at("gone") })).toMatchObject({
        failure: "ok",
      });
      const config = `IdentityFile ${at("id")}\n`;
      expect(await login(transport, { config, agent: at("gone") })).toMatchObject({ failure: "ok" });
      const { failure } = await login(transport, { agent: at("gone") });
      expect(failure).toMatchObject({
        message: expect.stringContaining(`the agent at ${at("gone")} does not answer`),
      });
    });

    test("an identity-file is enough where the agent has more keys than the server bears", async () => {
      expect(await login(transport, { identityFile: at("id"), agent: socket() })).toMatchObject({
        failure: "ok",
      });
    });

    test("too many keys are named, and what to do", async () => {
      const { failure } = await login(transport, { agent: socket() });
      expect(failure).toMatchObject({
        code: "login-refused",
        message: expect.stringContaining("MaxAuthTries"),
        hint: expect.stringContaining("identity-file = FILE"),
      });
    });

    test("the agent signs for a public identity-file, and for one with a passphrase", async () => {
      const env = { ...process.env, SSH_AUTH_SOCK: socket() };
      execFileSync("ssh-add", ["-q", at("id")], { env });
      expect(await login(transport, { identityFile: at("id.pub"), agent: socket() })).toMatchObject({
        failure: "ok",
      });
      const locked = await login(transport, { identityFile: at("locked"), agent: socket(), answer: "word" });
      execFileSync("ssh-add", ["-q", "-d", at("id")], { env });
      expect(locked).toEqual({ failure: "ok", asked: [] });
    });

    test("a wrong passphrase is asked for again, three times", async () => {
      const { failure, asked } = await login(transport, { identityFile: at("locked"), answer: "other" });
      expect(failure).toMatchObject({ code: "login-refused" });
      expect(asked.filter((question) => question.includes("assphrase"))).toHaveLength(3);
    });

    test("proxy-jump goes through its hosts, one after the other, whose keys are checked", async () => {
      const me = userInfo().username;
      const authorizedKey = await readFile(at("id.pub"), "utf8");
      const start = async (name: string) => {
        const directory = join(home, name);
        await mkdir(directory);
        return startSshdHost({ directory, authorizedKey, environment: { HOME: home } });
      };
      const [to, between] = [await start("behind"), await start("between")];
      const known = join(home, "known");
      const line = (one: TestHost) => `[127.0.0.1]:${one.port} ${one.hostKey}\n`;
      await writeFile(known, `${line(to)}${line(between)}${line(host)}`);
      const config = `UserKnownHostsFile ${known}\nIdentityFile ${at("id")}\n`;
      // ssh hands its -F on to the ssh that jumps.
      const jump = { "proxy-jump": `${me}@127.0.0.1:${host.port}` };
      const before = await host.loginCount();
      const through = await login(transport, { config, to, options: jump });
      const after = await host.loginCount();
      const byOption = await login(transport, {
        ...{ config: `UserKnownHostsFile ${known}\n`, identityFile: at("id"), to, options: jump },
      });
      const both = { "proxy-jump": `${me}@127.0.0.1:${host.port}, ${me}@127.0.0.1:${between.port}` };
      const chained = await login(transport, { config, to, options: both });
      const logins = [(await host.loginCount()) - after, await between.loginCount()];
      await writeFile(known, line(to));
      const unknown = await login(transport, { config, to, options: jump });
      await Promise.all([to.close(), between.close()]);
      expect([through.failure, after - before]).toEqual(["ok", 1]);
      expect(byOption.failure).toBe("ok");
      expect([chained.failure, logins]).toEqual(["ok", [2, 1]]);
      expect(unknown.failure).toMatchObject({ code: "host-key" });
    });

    test("an identity-file that the host refuses is named, with what lets it in", async () => {
      const { failure } = await login(transport, { identityFile: at("other0") });
      expect(failure).toMatchObject({
        code: "login-refused",
        message: expect.stringContaining(`: it refused identity-file ${at("other0")}`),
        hint: expect.stringContaining(`ssh-copy-id -i ${at("other0")} -p ${host.port} `),
      });
    });

    test("a changed key is removed from the file that has it, under the name that it has there", async () => {
      const name = `[127.0.0.1]:${host.port}`;
      const other = (await readFile(at("other0.pub"), "utf8")).split(" ").slice(0, 2).join(" ");
      const file = join(home, "hosts");
      await writeFile(file, `${name} ${other}\n`);
      const { failure } = await login(transport, {
        identityFile: at("id"),
        config: `UserKnownHostsFile "${file}"\n`,
      });
      expect(failure).toMatchObject({ code: "host-key" });
      expect((failure as HostoutError).hint).toContain(`ssh-keygen -f ${file} -R '${name}'`);
    });
  });

  test("where there is no key at all, the failure says so, with what makes one; a key that is refused is named", async () => {
    const hint = `Make a key with ssh-keygen, and put it on the host: ssh-copy-id -p ${host.port} ${userInfo().username}@127.0.0.1`;
    expect((await login("node-ssh", {})).failure).toMatchObject({
      message: expect.stringMatching(/\): there is no key to offer$/),
      hint,
    });
    expect((await login("openssh", {})).failure).toMatchObject({
      message: expect.not.stringContaining("no key to offer"),
    });
    const refused = await login("node-ssh", { config: `IdentityFile ${at("other0")}\n` });
    expect(refused.failure).toMatchObject({
      message: expect.stringMatching(/\): it refused .*other0$/),
      hint: expect.not.stringContaining("ssh-keygen"),
    });
  });

  test("a key of another type than the one that is known is told as that", async () => {
    execFileSync("ssh-keygen", ["-q", "-t", "rsa", "-N", "", "-f", join(home, "key")]);
    const file = join(home, "rsa");
    await writeFile(file, `[127.0.0.1]:${host.port} ${await readFile(join(home, "key.pub"), "utf8")}`);
    const config = `UserKnownHostsFile ${file}\n`;
    const { failure } = await login("node-ssh", { identityFile: at("id"), config });
    expect(failure).toMatchObject({
      code: "host-key",
      message: expect.stringMatching(
        /its key is not known: SHA256:.* \(ssh-ed25519\); .*rsa:1 knows it by another type \(ssh-rsa\)/,
      ),
    });
  });

  test("a server with which there is nothing in common says what it offers, and the system's ssh may do", async () => {
    const directory = join(home, "host");
    await mkdir(directory);
    const authorizedKey = await readFile(at("id.pub"), "utf8");
    const kex = "sntrup761x25519-sha512@openssh.com";
    const options = [`KexAlgorithms ${kex}`];
    const to = await startSshdHost({ directory, authorizedKey, options, environment: { HOME: home } });
    await writeFile(join(home, "known"), `[127.0.0.1]:${to.port} ${to.hostKey}\n`);
    const config = `UserKnownHostsFile ${home}/known\n`;
    const { failure } = await login("node-ssh", { identityFile: at("id"), config, to });
    const other = await login("openssh", { identityFile: at("id"), config, to });
    const types = `${config}HostKeyAlgorithms rsa-sha2-512\n`;
    const none = await login("openssh", { identityFile: at("id"), config: types, to });
    await to.close();
    expect(failure).toMatchObject({
      message: expect.stringMatching(`have no key exchange in common .*: the host offers ${kex}`),
      hint: expect.stringContaining("transport = openssh"),
    });
    expect(other).toMatchObject({ failure: "ok" });
    expect(none.failure).toMatchObject({
      code: "host-key",
      message: expect.stringMatching("no host key type in common .*: the host offers ssh-ed25519"),
    });
  });
});

describe("a host that is not open at the end of the run", () => {
  const open = (signal = new AbortController().signal) =>
    openConnections({
      dryRun: false,
      ask: undefined,
      signal,
      environment: { HOME: home, HOSTOUT_SSH_CONFIG: join(home, "config") },
    });
  const site = fakeSite({ plugins: [] });

  test("is given up though the way to it is through another one, which waits for its answer", async () => {
    const authorizedKey = await writeKeyPair(join(home, "id"), "test");
    await mkdir(join(home, "host"));
    const jump = await startEmbeddedHost({ directory: join(home, "host"), authorizedKey });
    const way = await listen((socket) => {
      const inner = net.connect(jump.port, jump.address).on("error", () => undefined);
      // What is asked after the login comes to nobody.
      socket.on("data", async (bytes) => (await jump.loginCount()) === 0 && inner.write(bytes));
      inner.pipe(socket);
    });
    await writeFile(join(home, "known_hosts"), `[127.0.0.1]:${way.port} ${jump.hostKey}\n`);
    await writeFile(
      join(home, "config"),
      `Host behind
  ProxyJump ${userInfo().username}@127.0.0.1:${way.port}
Host *
  IdentityFile ${home}/id
  UserKnownHostsFile ${home}/known_hosts
`,
    );
    const connections = open();
    connections.expect!([{ site, host: { name: "behind", address: "behind" } as never }]);
    while ((await jump.loginCount()) === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await new Promise((resolve) => setTimeout(resolve, 200));
    await connections.close();
    for (const socket of way.open) socket.destroy();
    way.server.close();
    await jump.close();
  }, 10_000);

  test("is given up though it hangs up, and would be come to again", async () => {
    await writeFile(join(home, "config"), "");
    const { port, server } = await listen((socket) => socket.end());
    let calls = 0;
    server.on("connection", () => calls++);
    const connections = open();
    connections.expect!([{ site, host: { name: "web1", address: "127.0.0.1", port, user: "root" } }]);
    // From then on there are seconds between one and the next.
    while (calls < 4) await new Promise((resolve) => setTimeout(resolve, 10));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const beganMs = Date.now();
    await connections.close();
    server.close();
    expect(Date.now() - beganMs).toBeLessThan(1000);
  }, 20_000);
});

describe.each(["node-ssh", "openssh"])(
  "a host that is expected, and asks something, over %s",
  (transport) => {
    const kind = transport === "openssh" && !hasSshd() ? "there is no ssh" : undefined;
    describeUnless(kind, "ssh", () => {
      const asked: string[] = [];
      // What ssh is spoken to with, and what it asks with.
      const pipes = () =>
        process.getActiveResourcesInfo().filter((name) => /^(Pipe|Process)/.test(name)).length;
      let before: number;
      let host: TestHost;
      let connections: Connections;
      const target = () => {
        const site = fakeSite({ plugins: [], options: { transport } });
        const { address, port } = host;
        return { site, host: { name: "web1", address, port, user: userInfo().username } };
      };
      beforeEach(async () => {
        asked.length = 0;
        before = pipes();
        const authorizedKey = await writeKeyPair(join(home, "id"), "test");
        await mkdir(join(home, "host"));
        host = await startEmbeddedHost({ directory: join(home, "host"), authorizedKey });
        const config = `IdentityFile ${home}/id\nIdentityAgent none\nUserKnownHostsFile ${home}/known_hosts\n`;
        await writeFile(join(home, "config"), config);
        connections = openConnections({
          dryRun: false,
          ask: { secret: async () => "", confirm: async (question) => asked.push(question) > 0 },
          signal: new AbortController().signal,
          environment: { ...process.env, HOME: home, HOSTOUT_SSH_CONFIG: join(home, "config") },
        });
        connections.expect!([target()]);
        await new Promise((resolve) => setTimeout(resolve, 500));
      });
      afterEach(() => host.close());

      test("asks when it is worked on", async () => {
        expect(asked).toEqual([]);
        const one = target();
        expect(await connections.remote(one.site, one.host, output).capture(["echo", "here"])).toBe("here");
        expect(asked).toHaveLength(1);
        await connections.close();
      });

      test("asks once, where it hung up meanwhile", async () => {
        await host.drop();
        await new Promise((resolve) => setTimeout(resolve, 1500));
        const one = target();
        expect(await connections.remote(one.site, one.host, output).capture(["echo", "here"])).toBe("here");
        expect(asked).toHaveLength(1);
        await connections.close();
      });

      test("does not ask, and leaves nothing open, where it is not", async () => {
        await connections.close();
        expect(asked).toEqual([]);
        for (let tries = 0; tries < 200 && pipes() > before; tries++)
          await new Promise((resolve) => setTimeout(resolve, 10));
        expect(pipes()).toBeLessThanOrEqual(before);
      });
    });
  },
);
