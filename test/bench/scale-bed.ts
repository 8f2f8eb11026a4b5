import type { SpawnSyncOptions } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { startThrowAway } from "../bed/throw-away.ts";

/** A project with sites of any number of hosts, which are names of one sshd. */
export interface ScaleBed {
  readonly folder: string;
  readonly bin: string;
  /** How to run hostout in the project: `-c COUNT.cfg`. */
  readonly options: SpawnSyncOptions;
  readonly emptyHomes: () => void;
  readonly stop: () => Promise<void>;
}

/** In place of the shell: a home for each name of the host. */
const shell = `#!/bin/sh
[ -z "$HOST_HOME" ] || HOME=$HOST_HOME
export HOME
exec /bin/sh -c "$SSH_ORIGINAL_COMMAND"
`;

const tasks = `import { definePlugin } from "@hostout/kit";
export const plugin = definePlugin({ name: "tasks", commands: {
  twenty: { summary: "t", run: async ({ remote }) => { for (let i = 0; i < 20; i++) await remote.run(["true"]); } },
} });`;

/** Starts the host, with configurations for one host and for up to `most`. */
export async function startScaleBed(most: number): Promise<ScaleBed> {
  const counts = [1, 10, 100, 200, 500, 1000, 2000, 5000].filter((count) => count <= most);
  const forced = join(mkdtempSync(join(tmpdir(), "hostout-scale-")), "shell");
  writeFileSync(forced, shell);
  chmodSync(forced, 0o755);
  const bed = await startThrowAway({}, { forced, options: ["MaxStartups 5000", "AcceptEnv HOST_HOME"] });
  const config = bed.environment.HOSTOUT_SSH_CONFIG!;
  const root = dirname(config);
  const homes = join(root, "homes");
  const names = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, index) => `${prefix}${index}.example.com`);
  const text = readFileSync(config, "utf8");
  const [, key = ""] = /^\S+ (.*)\n/.exec(readFileSync(join(root, "known_hosts"), "utf8")) ?? [];
  const own = names("d", most);
  writeFileSync(
    config,
    `${own.map((name) => `Host ${name}\n  HostKeyAlias ${name}\n  SetEnv HOST_HOME=${join(homes, name)}\n`).join("")}${text}`,
  );
  writeFileSync(join(root, "known_hosts"), own.map((name) => `${name} ${key}\n`).join(""), { flag: "a" });
  const emptyHomes = () => {
    rmSync(homes, { recursive: true, force: true });
    for (const name of own) mkdirSync(join(homes, name), { recursive: true });
  };
  emptyHomes();
  for (const count of counts) {
    const wild = join(root, "wild");
    writeFileSync(wild, text);
    const user = `user = ${bed.user}\n`;
    writeFileSync(
      join(bed.folder, `${count}.cfg`),
      [
        `[s]\nhost = ${names("h", count).join(" ")}\n${user}tasks = tasks.ts\n`,
        `[o]\nhost = ${names("h", count).join(" ")}\n${user}transport = openssh\n`,
        `[n]\nhost = ${names("d", count).join(" ")}\n${user}`,
        `[d]\nhost = ${names("d", count).join(" ")}\n${user}path = ~/site\ninclude = public\ncommands-as = effective\n`,
      ].join("\n"),
    );
  }
  writeFileSync(join(bed.folder, "tasks.ts"), tasks);
  writeFileSync(join(bed.folder, "package.json"), '{ "type": "module" }');
  mkdirSync(join(bed.folder, "public"));
  for (let index = 0; index < 10; index++)
    writeFileSync(join(bed.folder, "public", `page${index}.html`), `<h1>${index}</h1>\n`);
  return {
    folder: bed.folder,
    bin: join(dirname(dirname(import.meta.dirname)), "packages", "cli", "bin", "hostout.js"),
    options: {
      cwd: bed.folder,
      encoding: "utf8",
      maxBuffer: 1e9,
      env: {
        ...process.env,
        ...bed.environment,
        TERM: "xterm",
        XDG_CACHE_HOME: join(bed.folder, "cache"),
        NODE_COMPILE_CACHE: join(bed.folder, "cache"),
      },
    },
    emptyHomes,
    stop: async () => {
      await bed.stop();
      rmSync(dirname(forced), { recursive: true, force: true });
    },
  };
}
