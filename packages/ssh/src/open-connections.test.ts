import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Host, Site } from "@hostout/kit";
import { openConnections } from "./open-connections.ts";

const output = { line: () => undefined, progress: () => undefined, mark: "t.1" };

let home: string;
let server: Server;
let sockets: Socket[];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "hostout-home-"));
  await writeFile(join(home, "config"), "");
  sockets = [];
  server = createServer((socket) => sockets.push(socket.on("error", () => undefined).resume()));
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  server.close();
  await rm(home, { recursive: true });
});

const siteOf = (transport: string): Site => ({
  name: "s",
  origin: { file: "/p/hostout.cfg", line: 1 },
  config: "/p/hostout.cfg",
  values: new Map([["transport", { text: transport, origin: { file: "/p/hostout.cfg", line: 2 } }]]),
  hosts: [],
  plugins: [],
});

describe.each(["node-ssh", "openssh"])(
  "a host that takes connections and never says a word, over %s",
  (transport) => {
    const host = (): Host => ({
      name: "web1",
      address: "127.0.0.1",
      port: (server.address() as AddressInfo).port,
      user: "root",
    });
    const open = (signal: AbortSignal) =>
      openConnections({
        dryRun: false,
        ask: undefined,
        signal,
        environment: { ...process.env, HOME: home, HOSTOUT_SSH_CONFIG: join(home, "config") },
      });
    const called = async () => {
      while (sockets.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    };

    test("is called when it is expected, and given up at the end of the run", async () => {
      const site = siteOf(transport);
      const connections = open(new AbortController().signal);
      connections.expect!([{ site, host: host() }]);
      await called();
      await connections.close();
      expect(sockets).toHaveLength(1);
    });

    test("is given up at an interrupt", async () => {
      const interrupt = new AbortController();
      const connections = open(interrupt.signal);
      const running = connections.remote(siteOf(transport), host(), output).run(["true"]);
      running.catch(() => undefined);
      await called();
      interrupt.abort();
      await expect(running).rejects.toMatchObject({ code: "interrupted" });
      await connections.close();
    });
  },
);
