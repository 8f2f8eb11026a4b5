import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseState, previousRelease, type StoreState } from "@hostout/releases";
import { stateScript } from "../../packages/releases/src/host/state-script.ts";
import type { Ended } from "../bed/run-program.ts";
import { startThrowAway } from "../bed/throw-away.ts";
import { projectFiles, servedWhole } from "./whole-release.ts";

/** Shells that scripts are run by on a host, by what `sh` is there. */
export const shells = { dash: "/bin/dash", bash: "/bin/bash", busybox: "/bin/busybox" } as const;
export type Shell = keyof typeof shells;

/** A command of the client, counted from 0, at which something is killed: before it is run, when it is begun, after its end. */
export interface AtCommand {
  readonly when: "before" | "beside" | "after";
  readonly number: number;
}

/** What happens at a command. */
export type Cut = "client" | "connection" | "command" | "pause";

/** What the host does then, as lines for its shell. */
const cuts: Readonly<Record<Cut, (client: string) => string>> = {
  client: (client) => `kill -9 "$(cat ${client})"\n`,
  connection: () => 'kill -9 "$1"\n',
  // All processes of the command.
  command: () => "kill -9 0\n",
  // Of the client, until it is told to go on.
  pause: (client) => `kill -STOP "$(cat ${client})"\n`,
};

/** What /bin/sh is given of a line that a login shell is sent. */
function asItRuns(line: string): string {
  return line
    .replace(/^exec \/bin\/sh -c '/, "")
    .replace(/'\s*$/, "")
    .replaceAll(/'\\(.)'/g, "$1");
}

/** A site on a host whose commands are counted, where things are killed in the midst of them. */
export interface SweepBed {
  /** The site's folder on the host. */
  readonly path: string;
  /** Where a push is staged. */
  readonly staging: string;
  readonly setShell: (shell: Shell) => void;
  /** Number of the shell: over all of them, each point has all that is tried after it. */
  readonly round: () => number;
  /** Writes further sites into the configuration; each has the host and who logs in. */
  readonly addSites: (sites: Readonly<Record<string, string>>) => Promise<void>;
  /** Runs the client to its end, with a project whose release has that name. */
  readonly client: (label: string, words: readonly string[], settings?: ClientSettings) => Promise<Ended>;
  /** Process of the client that was started the last time. */
  readonly pid: () => number;
  /** Commands that the client has begun on the host since it was started the last time. */
  readonly commands: () => readonly string[];
  /** Resolves when nothing that the host was told to do goes on any more. */
  readonly quiet: () => Promise<void>;
  /** What is served; throws where that is not whole. */
  readonly served: () => string | undefined;
  readonly state: () => StoreState;
  /** Name of the release that would be gone back to, as in its files. */
  readonly previous: () => string | undefined;
  /** Keeps the site as it is, to be put back any time. */
  readonly keep: (name: string) => void;
  readonly putBack: (name: string) => void;
  /** The folder of programs that come before all others on the host. */
  readonly programs: string;
  readonly stop: () => Promise<void>;
}

export interface ClientSettings {
  readonly at?: AtCommand | undefined;
  readonly cut?: Cut;
  /** Lines of its journal after which the client is killed. */
  readonly afterLines?: number;
  readonly env?: Readonly<Record<string, string>>;
}

const main = join(dirname(dirname(import.meta.dirname)), "packages", "cli", "bin", "hostout.js");
const killAfter = join(dirname(import.meta.dirname), "e2e", "kill-after.mjs");

const configOf = (user: string, path: string, staging: string) => `[deployed]
host = web.example.com
user = ${user}
path = ${path}
commands-as = effective
include =
  bin
  etc
  parts
build-command = cat parts/label >parts/built
stop-cmd = true
start-cmd = test -e bin/app
verify = grep -q of parts/label
keep = 2

[pushed]
host = web.example.com
user = ${user}
path = ${path}
plugins = hostout.pushdeploy
staging-path = ${staging}
push-folders =
  bin
  etc
  parts
relocatable = true
restart = true
keep = 2
`;

/** `site`: where it is to be on the host; if not given, a folder of its own. */
export async function startSweepBed(site?: string): Promise<SweepBed> {
  const sweep = mkdtempSync(join(tmpdir(), "hostout-sweep-"));
  const programs = join(sweep, "bin");
  mkdirSync(programs);
  const forced = join(import.meta.dirname, "forced-command.sh");
  const bed = await startThrowAway({}, { environment: { SWEEP: sweep }, forced });
  const path = site ?? join(bed.home, "site");
  const staging = join(sweep, "staging");
  const claims = join(sweep, "claims");
  mkdirSync(claims);
  await bed.write({ "hostout.cfg": configOf(bed.user, path, staging) });
  const state = () => {
    const { stdout } = spawnSync("sh", ["-c", stateScript, "hostout", path], { encoding: "utf8" });
    return parseState(stdout);
  };
  let round = 0;
  const setShell = (shell: Shell) => {
    round = Object.keys(shells).indexOf(shell);
    rmSync(join(programs, "sh"), { force: true });
    symlinkSync(shells[shell], join(programs, "sh"));
  };
  setShell("dash");
  return {
    path,
    staging,
    programs,
    setShell,
    round: () => round,
    addSites: (sites) => {
      const login = `host = web.example.com\nuser = ${bed.user}\n`;
      const texts = Object.entries(sites).map(([name, options]) => `\n[${name}]\n${login}${options}`);
      return bed.write({ "hostout.cfg": `${configOf(bed.user, path, staging)}${texts.join("")}` });
    },
    pid: () => Number(readFileSync(join(sweep, "client"), "utf8")),
    commands: () =>
      readdirSync(claims)
        .sort((a, b) => Number(a) - Number(b))
        .map((number) => asItRuns(readFileSync(join(claims, number), "utf8").replaceAll("\n", " "))),
    client: async (label, words, { at, cut = "client", afterLines, env = {} } = {}) => {
      const files = projectFiles(label);
      await bed.write(files);
      writeStaged(staging, { ...files, "parts/built": `built <${label}>\n` });
      for (const number of readdirSync(claims)) rmSync(join(claims, number));
      writeFileSync(join(sweep, "plan"), at ? `${at.when} ${at.number}\n` : "");
      const pid = join(sweep, "client");
      writeFileSync(join(sweep, "cut"), cuts[cut](pid));
      const preload = afterLines === undefined ? [] : ["--import", killAfter];
      const limit = afterLines === undefined ? {} : { KILL_AFTER: String(afterLines) };
      const variables = Object.entries({ ...env, ...limit }).map(([name, value]) => `${name}=${value}`);
      const started = ["-c", 'echo $$ >"$0"; exec "$@"', pid];
      return bed.run("sh", ...started, "env", ...variables, process.execPath, ...preload, main, ...words);
    },
    quiet: () => untilQuiet(`SWEEP=${sweep}`),
    served: () => servedWhole(path),
    state,
    previous: () => {
      const name = previousRelease(state());
      return name && /<(\w+)>/.exec(readFileSync(join(path, "releases", name, "bin/app"), "utf8"))?.[1];
    },
    keep: (name) => copy(path, join(sweep, `kept-${name}`)),
    putBack: (name) => copy(join(sweep, `kept-${name}`), path),
    stop: async () => {
      await bed.stop();
      rmSync(sweep, { recursive: true, force: true });
    },
  };
}

function writeStaged(staging: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(staging, name)), { recursive: true });
    writeFileSync(join(staging, name), text);
  }
}

/** Makes `to` like `from`, with the same times. */
function copy(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  // The folder itself stays: it may be where a disk is mounted.
  for (const name of readdirSync(to)) rmSync(join(to, name), { recursive: true, force: true });
  const { status, stderr } = spawnSync("cp", ["-a", `${from}/.`, to], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
}

/** What a command on the host has begun has the mark of the host in its environment. */
async function untilQuiet(mark: string): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    if (!runsMarked(mark)) return;
    await sleep(25);
  }
  throw new Error("something on the host does not come to its end");
}

function runsMarked(mark: string): boolean {
  return readdirSync("/proc").some((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/environ`, "utf8").includes(mark);
    } catch {
      return false;
    }
  });
}

/** Why nothing can be swept here; undefined where it can. */
export function whyNoSweep(shell: Shell = "dash"): string | undefined {
  if (!existsSync("/usr/sbin/sshd")) return "there is no sshd";
  if (!existsSync("/proc/self/environ")) return "there is no /proc";
  return existsSync(shells[shell]) ? undefined : `there is no ${shells[shell]}`;
}
