import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { readPlainConfig } from "./config/plain-config.ts";
import { sshKeywords } from "./config/ssh-keywords.ts";
import { readSshSettings } from "./config/ssh-settings.ts";

/** The number of configurations to write. `HOSTOUT_SSH_CONFIGS=3000` for a sweep. */
const count = Number(process.env.HOSTOUT_SSH_CONFIGS ?? 40);
const seed = Number(process.env.HOSTOUT_SSH_SEED ?? 15);

/** mulberry32 */
function makeRandom(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const random = makeRandom(seed);
const one = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)]!;
const some = (most: number) => Math.floor(random() * (most + 1));
const maybe = (share: number) => random() < share;

const hosts = ["web1", "web2", "db", "a.example.com", "10.0.0.1", "Web1", "::1"];
const patterns = [
  "*",
  "web1",
  "web?",
  "web*",
  "!web1",
  "!web2",
  "*.example.com",
  "10.0.0.*",
  "WEB1",
  "db",
  "w*1",
  "!*",
];
const words = [
  ...[
    "yes",
    "no",
    "ask",
    "accept-new",
    "off",
    "none",
    "auto",
    "true",
    "22",
    "2222",
    "0",
    "65535",
    "65536",
    "007",
    "ssh",
  ],
  ...[
    "deploy",
    "Ann",
    "a-b.c",
    "web1",
    "Behind.Example.com",
    "behind",
    "u@jump:2222",
    "jump",
    "jump:22",
    "10.0.0.2",
    "a,b",
  ],
  ...[
    "~/.ssh/a",
    "/k/b",
    "~/k@c",
    "relative",
    "~",
    "~/",
    "/",
    "SSH_AUTH_SOCK",
    "$SSH_AUTH_SOCK",
    "%h",
    "%d/x",
    "${HOME}/k",
  ],
  ...[
    "any",
    "inet",
    "INFO",
    "LANG",
    "LC_*",
    "X*",
    "A=b",
    "aes128-ctr",
    "+ssh-rsa",
    "publickey,password",
    "md5",
    "/dev/null",
  ],
  ...['"q"', '"a b"', "'s'", "#", "# note", "\\\\", "", " ", "5m", "-1", "~/.ssh/cm-%r@%h:%p", "~/.ssh/%C"],
];
const often = [
  "Host",
  "HostName",
  "User",
  "Port",
  "IdentityFile",
  "StrictHostKeyChecking",
  "UserKnownHostsFile",
  "ProxyJump",
];
const names = [
  ...sshKeywords.map(({ name }) => name).filter((name) => !/^(Match|Include|IgnoreUnknown)$/.test(name)),
  "Odd",
];

/** A value that ssh reads the same way for most keywords. With it, whole files are plain often enough. */
const fitting: Readonly<Record<string, readonly string[]>> = {
  HostName: ["behind", "10.0.0.2", "Behind.Example.com", "a-b.c"],
  User: ["deploy", "Ann", "a-b.c"],
  Port: ["22", "2222", "0", "65535", "59999", "007", "ssh"],
  IdentityFile: ["~/.ssh/a", "/k/b", "~/k@c", "/k/./b", "none"],
  StrictHostKeyChecking: ["yes", "no", "ask", "accept-new", "off"],
  UserKnownHostsFile: ["~/a", "/k/a ~/b", "none", "/dev/null"],
  GlobalKnownHostsFile: ["~/a", "/k/a\t~/b"],
  ProxyJump: ["u@jump:2222", "jump", "jump:22", "10.0.0.2", "none", "a,b"],
  HostKeyAlias: ["alias", "Alias", "a.b"],
  IdentityAgent: ["~/agent", "/run/agent", "none"],
  ConnectTimeout: ["5", "0", "70000"],
  SendEnv: ["X* Y", "LANG LC_*", "GIT_X"],
  SetEnv: ["A=b", "C=/d/e", "A=c E=f"],
  LogLevel: ["INFO", "QUIET", "DEBUG"],
  AddressFamily: ["any", "inet", "inet6"],
  ControlPath: ["~/.ssh/cm-%r@%h:%p", "~/.ssh/%C", "none"],
  ControlMaster: ["auto", "no", "yes"],
  ControlPersist: ["yes", "600", "10m"],
};

function valueFor(name: string): string {
  if (name === "Host")
    return Array.from({ length: 1 + some(2) }, () => one(patterns)).join(one([" ", "  ", "\t"]));
  if (maybe(0.03)) return Array.from({ length: 1 + some(1) }, () => one(words)).join(" ");
  return one(fitting[name] ?? ["yes", "no"]);
}

function line(): string {
  if (maybe(0.1)) return one(["", "  ", "# a note", "\t# Host x", "#"]);
  const name = maybe(0.8) ? one(often) : one(maybe(0.7) ? Object.keys(fitting) : names);
  const written = maybe(0.2) ? one([name.toLowerCase(), name.toUpperCase()]) : name;
  const between = maybe(0.9) ? " " : one(["=", " = ", "\t", "  ", " =", maybe(0.2) ? "==" : "="]);
  return `${one(["", "", "  ", "\t"])}${written}${between}${valueFor(name)}${maybe(0.05) ? one([" ", "\t", "\r", " # note"]) : ""}`;
}

const lines = (most: number) => Array.from({ length: some(most) }, line);

const hasSsh = (() => {
  try {
    execFileSync("ssh", ["-V"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

(hasSsh ? test : test.skip)(
  "what hostout reads of ssh's configuration by itself is what ssh -G reads",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "hostout-ssh-"));
    let read = 0;
    const differ: unknown[] = [];
    for (let index = 0; index < count; index++) {
      const inner = [...lines(4), ...(maybe(0.2) ? [`Include ${folder}/*.more`] : []), ...lines(2)];
      await writeFile(join(folder, "a.conf"), inner.join("\n"));
      await writeFile(join(folder, "b.conf"), lines(3).join("\n"));
      await writeFile(join(folder, "c.more"), lines(3).join("\n"));
      const include = maybe(0.5)
        ? [`${one(["", "  "])}Include ${folder}/${one(["*.conf", "a.conf", "none", "[a].conf"])}`]
        : [];
      const main = [...lines(5), ...include, ...lines(5)].join("\n");
      const [plain, asked] = [join(folder, "plain"), join(folder, "asked")];
      await writeFile(plain, main);
      // A line without effect, except that hostout asks ssh.
      await writeFile(asked, `${main}\nIgnoreUnknown zz\n`);
      const host = one(hosts);
      if (readPlainConfig([plain], host, { home: "/nowhere", given: {} }).beyond) continue;
      read++;
      const given = { port: maybe(0.2) ? 2022 : undefined, user: maybe(0.2) ? "bob" : undefined };
      const settingsOf = async (file: string) => {
        // ssh takes the home folder of the account, whatever HOME contains.
        const environment = { ...process.env, HOME: userInfo().homedir, X1: "x", HOSTOUT_SSH_CONFIG: file };
        const { typed, ...settings } = await readSshSettings({ host, ...given, environment }).catch(
          (error) => error,
        );
        return settings;
      };
      const [mine, ssh] = [await settingsOf(plain), await settingsOf(asked)];
      if (JSON.stringify(mine) !== JSON.stringify(ssh)) differ.push({ host, main, inner, mine, ssh });
    }
    await rm(folder, { recursive: true });
    expect(differ.slice(0, 3)).toEqual([]);
    expect(read).toBeGreaterThan(count / 10);
    if (count > 1000) process.stdout.write(`${count} configurations, ${read} of them plain\n`);
  },
  10_000 + count * 500,
);
