import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { CompletionFacts } from "./completion-facts.ts";
import type { FoundFacts } from "./find-facts.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** A file with its time and size; null if it did not exist. */
type Stamp = readonly [file: string, state: string | null];

interface Kept {
  readonly facts: CompletionFacts;
  readonly stamps: readonly Stamp[];
  /** The end of the entry's life, in milliseconds since the epoch. */
  readonly until: number;
}

// Limits in ms for changes that no stamp shows: a file behind a URL, or the installation of a missing plugin.
const wholeMs = 24 * 3_600_000;
const brokenMs = 60_000;

/** Returns the cached facts of a configuration, if all files behind them are unchanged. */
export function readFacts(
  file: string,
  environment: Environment,
  nowMs: number,
): CompletionFacts | undefined {
  try {
    const { facts, stamps, until }: Kept = JSON.parse(readFileSync(placeOf(file, environment), "utf8"));
    return nowMs < until && stamps.every(([name, state]) => stampOf(name)[1] === state) ? facts : undefined;
  } catch {
    // The cache has no entry, or an entry of another version.
    return undefined;
  }
}

/**
 * Stores the facts in the cache. Ignores a cache that is not writable, because it must not disturb a user who
 * presses Tab.
 */
export function keepFacts(file: string, environment: Environment, found: FoundFacts, nowMs: number): void {
  const userDefaults = environment.BUILDOUT_HOME
    ? resolve(environment.BUILDOUT_HOME, "default.cfg")
    : join(environment.HOME ?? homedir(), ".buildout", "default.cfg");
  const files = [...new Set([...found.files, userDefaults])].filter((name) => name.startsWith("/"));
  const kept: Kept = {
    facts: found.facts,
    stamps: files.map(stampOf),
    until: nowMs + (found.isWhole ? wholeMs : brokenMs),
  };
  const place = placeOf(file, environment);
  const temporary = `${place}.${randomBytes(6).toString("hex")}`;
  try {
    mkdirSync(folderOf(environment), { recursive: true, mode: 0o700 });
    writeFileSync(temporary, JSON.stringify(kept), { mode: 0o600, flag: "wx" });
    renameSync(temporary, place);
  } catch {
    // See above.
  }
}

/** Returns the cache folder by https://specifications.freedesktop.org/basedir-spec/latest. */
function folderOf({ XDG_CACHE_HOME, HOME }: Environment): string {
  return join(XDG_CACHE_HOME || join(HOME ?? homedir(), ".cache"), "hostout");
}

function placeOf(file: string, environment: Environment): string {
  const { BUILDOUT_HOME, HOME } = environment;
  const key = createHash("sha256")
    .update(JSON.stringify([file, BUILDOUT_HOME, HOME]))
    .digest("hex");
  return join(folderOf(environment), `completion-${key.slice(0, 32)}.json`);
}

function stampOf(file: string): Stamp {
  const found = statSync(file, { throwIfNoEntry: false });
  return [file, found ? `${found.mtimeMs} ${found.size} ${found.ino}` : null];
}
