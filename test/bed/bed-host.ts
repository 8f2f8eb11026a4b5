import { spawn } from "node:child_process";

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A host of the test bed, as root of this machine sees it: not over ssh. */
export interface BedHost {
  readonly name: string;
  readonly address: string;
  /** Process 1 of the host; ending it ends the host. */
  readonly pid: number;
  /** Runs a shell line in the host. Throws when it fails, unless `mayFail`. */
  readonly sh: (
    line: string,
    settings?: { readonly mayFail?: boolean; readonly env?: Readonly<Record<string, string>> },
  ) => Promise<Finished>;
  readonly fault: (kind: Fault) => Promise<void>;
  /** How often somebody logged in, by sshd's own log. */
  readonly logins: () => Promise<number>;
}

/** `cut`: its packets are dropped; `full`: its disk has no room; `sshd-stop`: nobody listens; `drop`: live sessions die. */
export type Fault = "cut" | "heal" | "full" | "free" | "sshd-stop" | "sshd-start" | "drop";

const faults: Readonly<Record<Fault, string>> = {
  cut: "nft 'add table inet bed; add chain inet bed in { type filter hook input priority 0; }; add rule inet bed in iifname eth0 drop'",
  heal: "nft delete table inet bed",
  full: "cat /dev/zero >/var/fill 2>/dev/null || true",
  free: "rm -f /var/fill",
  "sshd-stop": "kill $(cat /run/sshd.pid)",
  "sshd-start": "/usr/sbin/sshd -f /etc/ssh/bed/config -E /var/log/sshd.log",
  drop: 'for p in $(pgrep -x sshd); do [ "$p" = "$(cat /run/sshd.pid)" ] || kill -9 "$p"; done; true',
};

export function makeBedHost(name: string, address: string, pid: number): BedHost {
  const sh: BedHost["sh"] = async (line, { mayFail = false, env = {} } = {}) => {
    const finished = await enter(pid, line, env);
    if (finished.code === 0 || mayFail) return finished;
    throw new Error(`${name}: '${line}' ended with ${finished.code}: ${finished.stderr}${finished.stdout}`);
  };
  return {
    name,
    address,
    pid,
    sh,
    fault: async (kind) => void (await sh(faults[kind])),
    logins: async () => Number((await sh("grep -c '^Accepted ' /var/log/sshd.log || true")).stdout),
  };
}

const path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

function enter(pid: number, line: string, env: Readonly<Record<string, string>>): Promise<Finished> {
  const words = [
    "-t",
    String(pid),
    "-m",
    "-u",
    "-i",
    "-n",
    "-p",
    "-r",
    "-w",
    "--",
    "sh",
    "-c",
    `cd; ${line}`,
  ];
  const child = spawn("nsenter", words, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: path, HOME: "/root", LANG: "C.UTF-8", ...env },
    timeout: 120_000,
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 128, stdout, stderr }));
  });
}
