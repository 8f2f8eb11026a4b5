import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lineOf } from "../entry.ts";
import type { Hosts } from "../hosts.ts";
import { findProgram } from "./find-program.ts";
import type { Runner } from "./peer.ts";

/**
 * Fabric with a thread for each host: its command line alone goes from one host to the next. Paramiko prefers
 * curve25519 and aes128-ctr by itself, and Debian's has no aes-gcm. It takes any host key. Fabric has no deploy of its own.
 */
export function prepareFabric(hosts: Hosts): Runner | undefined {
  const program = findProgram("fab");
  if (program === undefined) return undefined;
  const folder = join(hosts.folder, "fabric");
  mkdirSync(folder);
  writeFileSync(join(folder, "fabfile.py"), tasks);
  const line = (task: string, count: number) =>
    lineOf(
      program,
      "-r",
      folder,
      "-S",
      hosts.sshConfig,
      task,
      "--count",
      String(count),
      "--user",
      hosts.user,
    );
  const version = /\d+(\.\d+)+/.exec(execFileSync(program, ["--version"], { encoding: "utf8" }))?.[0];
  return {
    who: `Fabric ${version ?? "?"}`,
    once: (count) => line("once", count),
    twenty: (count) => line("twenty", count),
  };
}

const tasks = `from concurrent.futures import ThreadPoolExecutor
from fabric import ThreadingGroup, task

def hosts(c, count, user):
    names = ["h%d.example.com" % number for number in range(int(count))]
    return ThreadingGroup(*names, user=user, config=c.config)

@task
def once(c, count, user):
    hosts(c, count, user).run("true", hide=True)

@task
def twenty(c, count, user):
    def run(host):
        for _ in range(20):
            host.run("true", hide=True)
    with ThreadPoolExecutor(int(count)) as pool:
        list(pool.map(run, hosts(c, count, user)))
`;
