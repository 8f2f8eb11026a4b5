import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import net, { type AddressInfo } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import type { Connections } from "@hostout/kit";
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
async function run(address: string, port: number | undefined, config = ""): Promise<unknown> {
  await writeFile(join(home, "config"), config);
  const connections = openConnections({
    dryRun: false,
    ask,
    signal: new AbortController().signal,
    environment: { HOME: home, HOSTOUT_SSH_CONFIG: join(home, "config") },
  });
  const host = { name: "web1", address, port, user: userInfo().username };
  const remote = connections.remote(fakeSite({ plugins: [] }), host, output);
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

test("a server that hangs up at once is come to again", async () => {
  const { port, server } = await listen((socket) => {
    socket.end();
    server.close();
  });
  expect(await run("127.0.0.1", port)).toMatchObject({
    code: "unreachable",
    message: expect.stringContaining("nothing listens there"),
  });
}, 10_000);

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

describeUnless(hasSshd() ? undefined : "there is no sshd", "sshd", () => {
  test("that hangs up after too many keys does not let us log in", async () => {
    const authorizedKey = await writeKeyPair(join(home, "id"), "test");
    await mkdir(join(home, "host"));
    const host = await startSshdHost({ directory: join(home, "host"), authorizedKey });
    await writeFile(join(home, "known_hosts"), `[127.0.0.1]:${host.port} ${host.hostKey}\n`);
    const others = Array.from({ length: 7 }, (_, index) => join(home, `other${index}`));
    for (const file of others) await writeKeyPair(file, "other");
    const keys = others.map((file) => `IdentityFile ${file}\n`).join("");
    const config = `UserKnownHostsFile ${home}/known_hosts\nIdentityAgent none\n${keys}`;
    const failure = await run("127.0.0.1", host.port, config);
    await host.close();
    expect(failure).toMatchObject({ code: "login-refused" });
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
