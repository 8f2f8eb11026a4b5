import { once } from "node:events";
import net, { type AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import type { Connection } from "@hostout/kit";
import { fakeConnection, freePort } from "@hostout/testing";
import { describeUnless } from "../bed/describe-with.ts";
import { type OpenHost, openHost, waysToHosts, whyNoHost } from "../bed/open-host.ts";

/** A server of the loopback; `port` is its own. */
async function listen(
  serve: (socket: net.Socket) => void,
  address = "127.0.0.1",
): Promise<{ readonly port: number; readonly open: () => number; readonly close: () => void }> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    serve(socket);
  });
  server.listen(0, address);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    open: () => sockets.size,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500 && !holds(); tries++)
    await new Promise((resolve) => setTimeout(resolve, 10));
  expect(holds()).toBe(true);
}

/** Not `once`: that rejects when an error comes before. */
const closed = (stream: Duplex) => new Promise<void>((resolve) => void stream.once("close", resolve));

/** What holds of each way to a machine. */
function dials(machine: () => Connection): void {
  test("what is written comes back, to the end of both sides", async () => {
    const echo = await listen((socket) => socket.pipe(socket));
    const stream = await machine().dial("127.0.0.1", echo.port);
    const sent = Buffer.alloc(5 * 1024 * 1024, "hostout ");
    let got = 0;
    stream.on("data", (chunk: Buffer) => {
      got += chunk.length;
      if (got === sent.length) stream.end();
    });
    stream.write(sent);
    await closed(stream);
    expect(got).toBe(sent.length);
    await until(() => echo.open() === 0);
    echo.close();
  });

  test("who speaks first and hangs up is read to the end, by name too", async () => {
    const greeter = await listen((socket) => socket.end("hello\n"));
    expect(await text(await machine().dial("localhost", greeter.port))).toBe("hello\n");
    const big = await listen((socket) => socket.end(Buffer.alloc(3_000_000, "x")));
    expect((await buffer(await machine().dial("127.0.0.1", big.port))).length).toBe(3_000_000);
    greeter.close();
    big.close();
  });

  test("a port where nothing listens is told as that", async () => {
    const port = await freePort();
    const { name } = machine();
    const message = `${name}: nothing listens on 127.0.0.1:${port}`;
    await expect(machine().dial("127.0.0.1", port)).rejects.toMatchObject({ code: "failed", message });
    await expect(machine().dial("::1", port)).rejects.toMatchObject({
      code: "failed",
      message: expect.stringContaining(`[::1]:${port}`),
    });
  });

  test("what is destroyed here is closed there, and what is destroyed there ends here", async () => {
    const server = await listen((socket) => void socket.once("data", () => socket.destroy()));
    const stream = await machine().dial("127.0.0.1", server.port);
    await until(() => server.open() === 1);
    stream.destroy(new Error("nobody listens to this"));
    await until(() => server.open() === 0);
    const other = await machine().dial("127.0.0.1", server.port);
    other.write("x");
    other.resume();
    await closed(other);
    server.close();
  });
}

for (const [kind, transport] of waysToHosts) {
  describeUnless(whyNoHost(kind), `dialling from a host (${kind}) over ${transport}`, () => {
    let host: OpenHost;
    beforeAll(async () => {
      host = await openHost({ kind, transport });
    });
    afterAll(() => host.close());

    dials(() => host.remote);

    test("40 at once take turns over one login, beside commands", async () => {
      let most = 0;
      const server = await listen((socket) => {
        most = Math.max(most, server.open());
        setTimeout(() => socket.end("hello"), 50);
      });
      const answers = await Promise.all(
        Array.from({ length: 40 }, async (_, index) =>
          index % 2 === 0
            ? text(await host.remote.dial("127.0.0.1", server.port))
            : host.remote.capture(["echo", "hello"]),
        ),
      );
      expect(new Set(answers)).toEqual(new Set(["hello"]));
      // 8 at a time; the server sees the end of one a little after we do.
      expect(most).toBeLessThanOrEqual(12);
      expect(await host.logins()).toBe(1);
      server.close();
    });

    test("a session that breaks ends what was dialled, and the next is dialled over a new one", async () => {
      const server = await listen((socket) => socket.write("x"));
      const stream = await host.remote.dial("127.0.0.1", server.port);
      stream.resume();
      await host.drop();
      await closed(stream);
      await until(() => server.open() === 0);
      const logins = await host.logins();
      await new Promise((resolve) => setTimeout(resolve, 200));
      (await host.remote.dial("127.0.0.1", server.port)).destroy();
      expect(await host.logins()).toBe(logins + 1);
      server.close();
    });
  });

  describeUnless(whyNoHost(kind), `a host that forwards nothing (${kind}) over ${transport}`, () => {
    test("says so, and what to do", async () => {
      const host = await openHost({ kind, transport, forwards: false });
      const port = await freePort();
      await expect(host.remote.dial("127.0.0.1", port)).rejects.toMatchObject({
        code: "refused",
        message: expect.stringContaining(`h: its ssh server does not let us through to 127.0.0.1:${port}`),
        hint: expect.stringContaining("AllowTcpForwarding"),
      });
      expect(await host.remote.capture(["echo", "still there"])).toBe("still there");
      await host.close();
    });
  });

  describeUnless(whyNoHost(kind), `a run that is to end (${kind}) over ${transport}`, () => {
    test("ends what it dialled, and dials nothing more", async () => {
      const host = await openHost({ kind, transport });
      const server = await listen(() => undefined);
      const stream = await host.remote.dial("127.0.0.1", server.port);
      const ended = closed(stream);
      host.abort();
      await ended;
      await until(() => server.open() === 0);
      await expect(host.remote.dial("127.0.0.1", server.port)).rejects.toMatchObject({ code: "interrupted" });
      await host.close();
      server.close();
    });

    test("closes what was left open", async () => {
      const host = await openHost({ kind, transport });
      const server = await listen(() => undefined);
      await host.remote.dial("127.0.0.1", server.port);
      await host.local.dial("127.0.0.1", server.port);
      await until(() => server.open() === 2);
      await host.close();
      await until(() => server.open() === 0);
      server.close();
    });
  });
}

describe("dialling from this machine", () => {
  let host: OpenHost;
  beforeAll(async () => {
    host = await openHost({ kind: "embedded", transport: "node-ssh" });
  });
  afterAll(() => host.close());

  dials(() => host.local);

  test("a name that there is not is told as that", async () => {
    await expect(host.local.dial("nowhere.invalid", 80)).rejects.toMatchObject({
      code: "failed",
      message: expect.stringMatching(
        /^localhost: no connection to nowhere\.invalid:80: (no such name|the name)/,
      ),
    });
  });
});

test("a dry run dials too: that changes nothing", async () => {
  const host = await openHost({ kind: "embedded", transport: "node-ssh", dryRun: true });
  const server = await listen((socket) => socket.end("hello"));
  expect(await text(await host.remote.dial("127.0.0.1", server.port))).toBe("hello");
  expect(host.told).toEqual([]);
  await host.close();
  server.close();
});

test("a fake machine says what its list says, else nothing listens there", async () => {
  const fake = fakeConnection("web1", [{ command: /^dial 127\.0\.0\.1:80$/, stdout: "hello" }]);
  const stream = await fake.dial("127.0.0.1", 80);
  stream.write("GET /");
  expect(await text(stream)).toBe("hello");
  await expect(fake.dial("::1", 81)).rejects.toMatchObject({
    code: "failed",
    message: "web1: nothing listens on [::1]:81",
  });
  expect(fake.calls.map(({ method, text }) => `${method} ${text}`)).toEqual([
    "dial 127.0.0.1:80",
    "dial [::1]:81",
  ]);
});
