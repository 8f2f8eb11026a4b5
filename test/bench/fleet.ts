import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { startHost } from "@hostout/testing";
import { startThrowAway } from "../bed/throw-away.ts";

// hostout against OpenSSH and rsync in the same run: one sshd of the loopback under many names. Each pair is run in turn, so that
// what else the machine does falls on both; figures are medians of seconds, CPU seconds of the client, and the ratio. Judges nothing.

const rounds = Number(process.argv[2] ?? 5);
/** Only works of which the name has this in it. */
const wanted = process.argv[3] ?? "";
const root = dirname(dirname(import.meta.dirname));
const bin = join(root, "packages", "cli", "bin", "hostout.js");
const bed = await startThrowAway();
const { folder, home } = bed;
const homes = await startHomes(10);
const names = (count: number) => Array.from({ length: count }, (_, index) => `h${index}.example.com`);
const env = {
  ...process.env,
  ...bed.environment,
  XDG_CACHE_HOME: join(folder, "cache"),
  NODE_COMPILE_CACHE: join(folder, "cache"),
};
const limit = `ssh -F ${bed.environment.HOSTOUT_SSH_CONFIG} -l ${bed.user} -o KexAlgorithms=curve25519-sha256 -c aes128-gcm@openssh.com`;

const tasks = `import { definePlugin } from "@hostout/kit";
const to = (what, host) => ({ direction: "push", local: ${JSON.stringify(`${folder}/`)} + what, remote: ${JSON.stringify(`${home}/`)} + host.name + "-" + what });
export const plugin = definePlugin({ name: "tasks", commands: {
  twenty: { summary: "t", run: async ({ remote }) => { for (let i = 0; i < 20; i++) await remote.run(["true"]); } },
  tree: { summary: "t", run: async ({ remote, host }) => { await remote.sync(to("tree", host)); } },
  big: { summary: "t", run: async ({ remote, host }) => { const { local, remote: there } = to("big", host); await remote.upload(local, there); } },
} });`;
for (const count of [1, 5, 10, 50]) {
  writeFileSync(
    join(folder, `${count}.cfg`),
    `[s]\nhost = ${names(count).join(" ")}\nuser = ${bed.user}\ntasks = tasks.ts\n`,
  );
}
writeFileSync(
  join(folder, "site.cfg"),
  `[s]\nhost = ${names(1).join(" ")}\nuser = ${bed.user}\npath = ~/site\ninclude = tree\ncommands-as = effective\n`,
);
writeFileSync(join(folder, "tasks.ts"), tasks);
writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
writeFileSync(
  join(folder, "sites.cfg"),
  `[s]\nhost = ${homes.map(({ name }) => name).join(" ")}\nuser = ${bed.user}\npath = ~/site\ninclude = tree\ncommands-as = effective\n`,
);
makeTree(join(folder, "tree"));
writeFileSync(join(folder, "big"), Buffer.alloc(200_000_000, "0123456789abcdef"));

/** Hosts that each have a home of their own: a site is deployed to a path that is the same on all. */
async function startHomes(count: number) {
  const config = bed.environment.HOSTOUT_SSH_CONFIG!;
  const root = dirname(config);
  const authorizedKey = readFileSync(join(root, "id.pub"), "utf8").trim();
  const hosts = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const name = `d${index}.example.com`;
      const [directory, ownHome] = [join(root, name), join(root, `${name}-home`)];
      for (const one of [directory, ownHome]) mkdirSync(one);
      const host = await startHost({
        directory,
        authorizedKey,
        environment: { SHLVL: "2", HOME: ownHome },
      });
      return { name, home: ownHome, host };
    }),
  );
  const known = hosts.map(({ host }) => `[${host.address}]:${host.port} ${host.hostKey}\n`);
  writeFileSync(join(root, "known_hosts"), known.join(""), { flag: "a" });
  const places = hosts.map(
    ({ name, host }) => `Host ${name}\n  HostName ${host.address}\n  Port ${host.port}\n`,
  );
  writeFileSync(config, places.join("") + readFileSync(config, "utf8"));
  return hosts;
}

function makeTree(path: string): void {
  for (let index = 0; index < 2000; index++) {
    const place = join(path, String(index % 40));
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, `f${index}`), Buffer.alloc(10_000, `${index} `));
  }
}

const hostout = (count: number, ...words: string[]) =>
  [process.execPath, bin, "-q", "--jobs", "50", "-c", `${count}.cfg`, "s", ...words].map(quote).join(" ");
const quote = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;
const each = (count: number, line: string) =>
  `printf '%s\\n' ${names(count).join(" ")} | xargs -P 50 -I{} sh -c ${quote(line)}`;
const rsync = (count: number, words: string) =>
  each(count, `rsync -a ${words} -e "${limit}" tree/ {}:${home}/{}-r/`);

interface Work {
  readonly name: string;
  readonly aim: number;
  readonly ours: string;
  readonly limit: string;
  /** Shell lines before each of the two. */
  readonly before?: string;
}

/** As `rsync` of one, with a home each. */
const rsyncHomes = `printf '%s\\n' ${homes.map(({ name, home: own }) => `${name}:${own}/r/`).join(" ")} | xargs -P 50 -I{} ${`rsync -a -e "${limit}" tree/ {}`}`;
const freshHomes = `rm -rf ${homes.map(({ home: own }) => `${own}/*`).join(" ")}`;

const fresh = `rm -rf ${home}/*`;
const touch = `for i in $(seq 0 19); do date +%s%N >tree/$i/f$i; done`;
const sync = (count: number) => hostout(count, "sync", "tree", `${home}/tree`);

/**
 * What a deploy does, at its simplest: a release beside the one that is served, with the sums of its files, on the disk before it is switched to.
 * rsync into what is served, which `limit` is elsewhere, leaves a mix of two releases while it works.
 */
const releaseByHand = [
  `set -e; o="-o ControlMaster=auto -o ControlPersist=5 -o ControlPath=${folder}/%C"; h=${names(1)[0]}; n=$(date +%s%N)`,
  `${limit} $o $h "mkdir -p ${home}/hand/$n; cd ${home}/hand; [ ! -e current ] || cp -a current/. $n"`,
  `rsync -a --delete -e "${limit} $o" tree $h:${home}/hand/$n/`,
  `${limit} $o $h "cd ${home}/hand && find $n -type f -exec sha256sum {} + >$n.sums && sync -f $n && ln -s $n .new && mv -T .new current"`,
  `${limit} $o -O exit $h 2>/dev/null || true`,
].join("\n");

const deployTo = (config: string) =>
  [process.execPath, bin, "-q", "-c", config, "s", "deploy", "--batch", "10"].map(quote).join(" ");
const deploy = deployTo("site.cfg");
const deployHomes = deployTo("sites.cfg");

const works: readonly Work[] = [
  {
    name: "W1 --version (node -e 0)",
    aim: 1.1,
    ours: `${quote(process.execPath)} ${quote(bin)} --version`,
    limit: `${quote(process.execPath)} -e 0`,
  },
  ...[1, 10, 50].map((count, index) => ({
    name: `W2 no-op on ${count}`,
    aim: [1.2, 1, 0.9][index]!,
    ours: hostout(count, "run", "true"),
    limit: each(count, `${limit} {} true`),
  })),
  {
    name: "W3 20 commands on 10",
    aim: 0.55,
    ours: hostout(10, "twenty"),
    limit: each(
      10,
      `${limit} -o ControlMaster=auto -o ControlPersist=5 -o ControlPath=${folder}/%C {} true; for i in $(seq 19); do ${limit} -o ControlPath=${folder}/%C {} true; done; ${limit} -o ControlPath=${folder}/%C -O exit {} 2>/dev/null || true`,
    ),
  },
  { name: "W4 first push, 1 host", aim: 0.95, before: fresh, ours: sync(1), limit: rsync(1, "") },
  { name: "W4 the same again", aim: 1, ours: sync(1), limit: rsync(1, "") },
  { name: "W4 20 files changed", aim: 1, before: touch, ours: sync(1), limit: rsync(1, "") },
  {
    name: "W4 first push, 10 hosts",
    aim: 0.95,
    before: fresh,
    ours: hostout(10, "tree"),
    limit: rsync(10, ""),
  },
  { name: "W4 the same again, 10 hosts", aim: 0.9, ours: hostout(10, "tree"), limit: rsync(10, "") },
  {
    name: "W4 20 files changed, 10 hosts",
    aim: 0.9,
    before: touch,
    ours: hostout(10, "tree"),
    limit: rsync(10, ""),
  },
  { name: "deploy of W4's tree", aim: 0.95, before: fresh, ours: deploy, limit: rsync(1, "") },
  { name: "deploy of what is served", aim: 1, ours: deploy, limit: rsync(1, "") },
  { name: "deploy of 20 files changed", aim: 1, before: touch, ours: deploy, limit: rsync(1, "") },
  { name: "deploy as by hand, first", aim: 1.1, before: fresh, ours: deploy, limit: releaseByHand },
  { name: "deploy as by hand, 20 files", aim: 1.1, before: touch, ours: deploy, limit: releaseByHand },
  { name: "deploy first, 10 hosts", aim: 0.95, before: freshHomes, ours: deployHomes, limit: rsyncHomes },
  { name: "deploy same, 10 hosts", aim: 0.9, ours: deployHomes, limit: rsyncHomes },
  { name: "deploy 20 changed, 10 hosts", aim: 0.9, before: touch, ours: deployHomes, limit: rsyncHomes },
  {
    name: "W5 one file of 200 MB",
    aim: 0.85,
    before: fresh,
    ours: hostout(1, "put", "big", `${home}/big`),
    limit: `rsync -W -e "${limit}" big ${names(1)[0]}:${home}/big-r`,
  },
  {
    name: "W5 one file of 200 MB, 5 hosts",
    aim: 0.85,
    before: fresh,
    ours: hostout(5, "big"),
    limit: each(5, `rsync -W -e "${limit}" big {}:${home}/{}-r`),
  },
];

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Wall and CPU seconds of a line, with all that it starts here. */
function timed(line: string, before: string | undefined): readonly [number, number] {
  if (before) spawnSync("sh", ["-c", before], { cwd: folder });
  const { stderr, status, stdout } = spawnSync(
    "bash",
    ["-c", `TIMEFORMAT='%R %U %S'; time { ${line}\n} 2>&3 >&3`],
    {
      cwd: folder,
      env,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe", "pipe"],
    },
  );
  if (status !== 0) throw new Error(`${line} ended with ${status}: ${stdout}${stderr}`);
  const [wall = 0, user = 0, system = 0] = stderr.trim().split("\n").at(-1)!.split(" ").map(Number);
  return [wall, user + system];
}

process.stdout.write(`${"work".padEnd(31)} ${"ours".padStart(13)} ${"limit".padStart(14)}   ratio  aim\n`);
try {
  for (const work of works.filter(({ name }) => name.includes(wanted))) {
    const ours: (readonly [number, number])[] = [];
    const theirs: (readonly [number, number])[] = [];
    for (let round = 0; round < rounds + 1; round++) {
      const one = timed(work.ours, work.before);
      const other = timed(work.limit, work.before);
      // The first fills caches.
      if (round > 0) {
        ours.push(one);
        theirs.push(other);
      }
    }
    const of = (values: readonly (readonly [number, number])[], index: 0 | 1) =>
      median(values.map((value) => value[index]));
    const text = (values: readonly (readonly [number, number])[]) =>
      `${of(values, 0).toFixed(3)} / ${of(values, 1).toFixed(2)}`;
    const ratio = of(ours, 0) / of(theirs, 0);
    process.stdout.write(
      `${work.name.padEnd(31)} ${text(ours).padStart(13)} ${text(theirs).padStart(14)} ${ratio.toFixed(2).padStart(7)} ${String(work.aim).padStart(4)}\n`,
    );
  }
} finally {
  for (const { host } of homes) await host.close();
  await bed.stop();
  rmSync(folder, { recursive: true, force: true });
}
