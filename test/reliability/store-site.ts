import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseState, type ReleaseRecord, releaseName, type StoreState } from "@hostout/releases";
import { awaitScript, holdScript } from "../../packages/releases/src/host/lock-scripts.ts";
import { prepareScript } from "../../packages/releases/src/host/prepare-scripts.ts";
import { stateScript } from "../../packages/releases/src/host/state-script.ts";
import { formatGiven, type Given } from "../../packages/releases/src/script/given.ts";

/** Of who holds the lock in a test. */
export const token = "0123456789abcdef01234567";
/** Name of a release: of a higher number, a later one. */
export const name = (number: number) =>
  releaseName(Date.UTC(2026, 0, 1) + number * 1000, String(number).padStart(8, "0"));

/** Runs a script in a process group of its own, which the killers kill whole. */
export const run = (
  shell: readonly string[],
  script: string,
  words: readonly string[],
  given: Given = {},
  env: NodeJS.ProcessEnv = process.env,
) =>
  spawnSync("setsid", [...shell, "-c", script, "hostout", ...words], {
    encoding: "utf8",
    env: { ...env, BASH_ENV: "", ENV: "" },
    input: formatGiven(given),
  });

/** Asks for the lock as a client does: a process on the host that reads from it. */
export function startHolding(
  path: string,
  mine: string,
  { seconds = 300, shell = ["sh"] as readonly string[], env = process.env } = {},
): ChildProcess {
  const words = [...shell.slice(1), "-c", holdScript, "hostout", path, mine, "a test", String(seconds)];
  return spawn(shell[0]!, words, { stdio: ["pipe", "ignore", "ignore"], env });
}

/** Holds the lock. */
export function hold(path: string, mine = token): ChildProcess {
  const child = startHolding(path, mine);
  const { status } = run(["sh"], awaitScript, [path, mine]);
  if (status !== 0) throw new Error("the lock was not had");
  return child;
}

/** Of a release that is good. */
export const recordOf = (release: string): ReleaseRecord => ({
  name: release,
  result: "ok",
  by: "deploy",
  at: "",
  who: "",
  from: "",
});

export const stateOf = (path: string): StoreState => parseState(run(["sh"], stateScript, [path]).stdout);

/** A site with complete releases, of which the first is served. */
export function makeSite(path: string, count: number): void {
  run(["sh"], prepareScript, [path, ""]);
  for (let number = 1; number <= count; number++) {
    mkdirSync(join(path, "releases", name(number)), { recursive: true });
    writeFileSync(join(path, "releases", name(number), "index.html"), name(number));
    writeFileSync(join(path, ".hostout", "records", `${name(number)}.ini`), "[release]\n");
  }
  symlinkSync(`releases/${name(1)}`, join(path, "current"));
  writeFileSync(join(path, ".hostout", "served.log"), `20260101T000000Z\t${name(1)}\n`);
}

/** What a server finds: the whole of one release, or nothing at all. */
export const servedWhole = (path: string) => {
  const release = readlinkSync(join(path, "current")).replace(/^releases\//, "");
  return readFileSync(join(path, "current", "index.html"), "utf8") === release
    ? release
    : `a mix at ${release}`;
};
