import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { startHost, type TestHost } from "@hostout/testing";
import { startThrowAway } from "../bed/throw-away.ts";

/** The hosts of all works: real sshds of the loopback. */
export interface Hosts {
  /** Folder of the project, which is removed at the end. */
  readonly folder: string;
  readonly user: string;
  /** A file in the form of ssh_config(5) that names all hosts, the key and the known host keys. */
  readonly sshConfig: string;
  readonly key: string;
  readonly knownHosts: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Names of hosts that are one sshd with one home. */
  readonly names: (count: number) => readonly string[];
  readonly home: string;
  /** Hosts with a home of their own: each has an sshd, and a site can have the same path on all. */
  readonly own: (count: number) => readonly OwnHost[];
  /** Number of logins so far on the sshd of `names`. */
  readonly loginCount: () => number;
  /** Output of a command on a host. */
  readonly ask: (command: string) => string;
  /** Process numbers of all sshds. */
  readonly servers: () => readonly number[];
  readonly stop: () => Promise<void>;
}

export interface OwnHost {
  readonly name: string;
  readonly home: string;
  readonly address: string;
  readonly port: number;
}

export async function startHosts(count: number): Promise<Hosts> {
  const bed = await startThrowAway();
  const sshConfig = bed.environment.HOSTOUT_SSH_CONFIG!;
  const root = dirname(sshConfig);
  const own: Awaited<ReturnType<typeof startOwn>>[] = [];
  // One after another: a port is free until its sshd listens, and two hosts must not find the same one.
  for (let index = 0; index < count; index++) own.push(await startOwn(root, `d${index}.example.com`));
  const knownHosts = join(root, "known_hosts");
  for (const { address, port, host } of own)
    writeFileSync(knownHosts, `[${address}]:${port} ${host.hostKey}\n`, { flag: "a" });
  const places = own.map(
    ({ name, address, port }) => `Host ${name}\n  HostName ${address}\n  Port ${port}\n`,
  );
  // Of two lines for one keyword, ssh uses the first.
  writeFileSync(sshConfig, places.join("") + readFileSync(sshConfig, "utf8"));
  return {
    folder: bed.folder,
    user: bed.user,
    sshConfig,
    key: join(root, "id"),
    knownHosts,
    environment: bed.environment,
    names: (wanted) => Array.from({ length: wanted }, (_, index) => `h${index}.example.com`),
    home: bed.home,
    own: (wanted) => own.slice(0, wanted),
    loginCount: () => readFileSync(join(root, "host", "sshd.log"), "utf8").match(/^Accepted /gm)?.length ?? 0,
    ask: (command) =>
      execFileSync("ssh", ["-F", sshConfig, "-l", bed.user, "h0.example.com", command], { encoding: "utf8" }),
    servers: () => childrenOf(process.pid).filter((pid) => textOf(pid, "comm").trim() === "sshd"),
    stop: async () => {
      for (const { host } of own) await host.close();
      await bed.stop();
    },
  };
}

async function startOwn(root: string, name: string): Promise<OwnHost & { readonly host: TestHost }> {
  const [directory, home] = [join(root, name), join(root, `${name}-home`)];
  for (const one of [directory, home]) mkdirSync(one);
  const authorizedKey = readFileSync(join(root, "id.pub"), "utf8").trim();
  const host = await startHost({ directory, authorizedKey, environment: { SHLVL: "2", HOME: home } });
  return { name, home, address: host.address, port: host.port, host };
}

/** Process numbers of the children of a process. */
export function childrenOf(parent: number): readonly number[] {
  const processes = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  // Of the fields behind the name in parentheses, the second is the parent.
  const parentOf = (pid: number) =>
    Number(
      textOf(pid, "stat")
        .replace(/^.*\) /s, "")
        .split(" ")[1],
    );
  return processes.map(Number).filter((pid) => parentOf(pid) === parent);
}

function textOf(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    // The process has ended.
    return "";
  }
}
