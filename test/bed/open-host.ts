import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import type { Connection, TaskOutput } from "@hostout/kit";
import { openConnections } from "@hostout/ssh";
import { fakeSite, hasSshd, startEmbeddedHost, startSshdHost, writeKeyPair } from "@hostout/testing";

/** A throw-away host of this machine, and a session with it. */
export interface OpenHost {
  readonly remote: Connection;
  readonly local: Connection;
  /** Home of whoever logs in. */
  readonly home: string;
  /** What was told, line by line. */
  readonly told: readonly string[];
  readonly logins: () => Promise<number>;
  /** Breaks the session. */
  readonly drop: () => Promise<void>;
  /** Aborts the run. */
  readonly abort: () => void;
  /** Ends the session, then the host. */
  readonly close: () => Promise<void>;
}

/** Kinds of hosts and transports that go together. */
export const waysToHosts = [
  ["embedded", "node-ssh"],
  ["sshd", "node-ssh"],
  ["sshd", "openssh"],
] as const;

/** Why this machine has no host of that kind. */
export function whyNoHost(kind: "embedded" | "sshd"): string | undefined {
  return kind === "sshd" && !hasSshd() ? "there is no sshd" : undefined;
}

export async function openHost({
  kind,
  transport,
  dryRun = false,
  forwards = true,
  options = [],
  site: siteOptions = {},
}: {
  readonly kind: "embedded" | "sshd";
  readonly transport: "node-ssh" | "openssh";
  readonly dryRun?: boolean;
  readonly forwards?: boolean;
  /** Lines of sshd_config(5). */
  readonly options?: readonly string[];
  /** Options of the site. */
  readonly site?: Readonly<Record<string, string>>;
}): Promise<OpenHost> {
  const home = await mkdtemp(join(tmpdir(), "hostout-host-"));
  const authorizedKey = await writeKeyPair(join(home, "id"), "test");
  const directory = join(home, "host");
  await mkdir(directory);
  const start = kind === "sshd" ? startSshdHost : startEmbeddedHost;
  const host = await start({ directory, authorizedKey, environment: { HOME: home }, forwards, options });
  await writeFile(join(home, "known_hosts"), `[${host.address}]:${host.port} ${host.hostKey}\n`);
  await writeFile(
    join(home, "ssh_config"),
    `Host *\n  IdentityFile ${home}/id\n  IdentitiesOnly yes\n  UserKnownHostsFile ${home}/known_hosts\n`,
  );
  const running = new AbortController();
  const connections = openConnections({
    dryRun,
    ask: undefined,
    signal: running.signal,
    environment: { ...process.env, HOSTOUT_SSH_CONFIG: join(home, "ssh_config") },
  });
  const told: string[] = [];
  const output: TaskOutput = {
    line: (_stream, machine, line) => void told.push(`${machine}: ${line}`),
    progress: () => {},
    mark: "run.test",
  };
  const site = fakeSite({ plugins: [], options: { transport, ...siteOptions } });
  const target = { name: "h", address: host.address, port: host.port, user: userInfo().username };
  return {
    remote: connections.remote(site, target, output),
    local: connections.local(site, output),
    home,
    told,
    logins: host.loginCount,
    drop: host.drop,
    abort: () => running.abort(),
    close: async () => {
      await connections.close();
      await host.close();
      await rm(home, { recursive: true });
    },
  };
}
