import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { openConnections } from "@hostout/ssh";
import { fakeSite, hasSshd, startSshdHost, type TestHost, writeKeyPair } from "@hostout/testing";
import { describeUnless } from "../bed/describe-with.ts";

// Fleets behind one proxy jump, whose sshd lets in as many logins at a time as sshd does by default.

const output = { line: () => {}, progress: () => {}, mark: "run.test" };
const user = userInfo().username;

describeUnless(hasSshd() ? undefined : "there is no sshd", "sshd", () => {
  let folder: string;
  let gate: TestHost;
  let inner: TestHost;
  const at = (name: string) => join(folder, name);
  const start = async (name: string, authorizedKey: string, options: readonly string[]) => {
    await mkdir(at(name));
    const environment = { HOME: folder };
    return startSshdHost({ directory: at(name), authorizedKey, environment, options });
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "hostout-jump-"));
    const key = await writeKeyPair(at("id"), "test");
    gate = await start("gate", key, ["MaxStartups 10:30:60"]);
    inner = await start("inner", key, []);
    const known = [gate, inner].map(({ port, hostKey }) => `[127.0.0.1]:${port} ${hostKey}\n`);
    await writeFile(at("known_hosts"), known.join(""));
    await writeFile(
      at("config"),
      `Host gate
  HostName 127.0.0.1
  Port ${gate.port}
Host inner*
  HostName 127.0.0.1
  Port ${inner.port}
  ProxyJump gate
Host *
  User ${user}
  IdentityFile ${at("id")}
  IdentitiesOnly yes
  UserKnownHostsFile ${at("known_hosts")}
`,
    );
  });
  afterEach(async () => {
    await Promise.all([gate.close(), inner.close()]);
    await rm(folder, { recursive: true });
  });

  const open = (transport: string) => {
    const connections = openConnections({
      dryRun: false,
      ask: undefined,
      signal: new AbortController().signal,
      environment: { ...process.env, HOSTOUT_SSH_CONFIG: at("config") },
    });
    const site = fakeSite({ plugins: [], options: { transport } });
    const run = (name: string) =>
      connections
        .remote(site, { name, address: name, port: undefined, user }, output)
        .run(["echo", name])
        .then(({ stdout }) => stdout.trim());
    return { run, close: connections.close };
  };
  const fleet = (count: number) => Array.from({ length: count }, (_, index) => `inner${index}`);

  test.each([
    // With at most 64 hosts each.
    ["node-ssh", 100, 2],
    ["openssh", 40, 1],
  ])(
    "hosts behind a proxy jump share logins to it over %s",
    async (transport, count, logins) => {
      const hosts = fleet(count);
      const { run, close } = open(transport);
      try {
        expect(await Promise.all(hosts.map(run))).toEqual(hosts);
      } finally {
        await close();
      }
      expect([await gate.loginCount(), await inner.loginCount()]).toEqual([logins, count]);
    },
    120_000,
  );

  test.each(["node-ssh", "openssh"])(
    "a proxy jump that breaks is logged in to again over %s",
    async (transport) => {
      const { run, close } = open(transport);
      try {
        expect(await run("inner0")).toBe("inner0");
        await gate.drop();
        // Another host needs the way before anybody may have noticed.
        for (const name of ["inner1", "inner2"]) expect(await run(name)).toBe(name);
      } finally {
        await close();
      }
      expect(await gate.loginCount()).toBe(2);
    },
    30_000,
  );
});
