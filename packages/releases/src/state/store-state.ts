import type { Switch } from "@hostout/kit";
import { releaseForm } from "./release-name.ts";
import { parseRecord, type ReleaseRecord } from "./release-record.ts";

/** The state of a site's releases on one host. */
export interface StoreState {
  /** The release to which `current` leads. Undefined if no release is live yet. */
  readonly served: string | undefined;
  /** The target of `current` if it is not a release: another tool made that link. */
  readonly foreign: string | undefined;
  /** Of `supervisord` and `supervisorctl`, those in `bin` of the live folder that can be run. */
  readonly programs: readonly string[];
  /** The releases that were live, oldest first, one entry for each change. */
  readonly log: readonly Switch[];
  /** Complete releases, oldest first. */
  readonly releases: readonly ReleaseRecord[];
  /** Failed releases, kept apart. hostout never makes them live again. */
  readonly failed: readonly ReleaseRecord[];
  /** Names of folders that are unfinished, have failed, or wait for their removal. */
  readonly leftovers: readonly string[];
  /** Names in `.hostout` of adopted folders that could not be removed completely. */
  readonly remnants: readonly string[];
  /** Names of releases that clean-up keeps whatever their age. */
  readonly pinned: readonly string[];
  /** SHA-256 of the packages on the host. */
  readonly packages: readonly string[];
  /** SHA-256 of packages that only another account can read: as good as missing. */
  readonly closedPackages: readonly string[];
  /** A run began to stop, switch and start the site, and has not finished. */
  readonly isUnsettled: boolean;
  /** The release to which that run rolled back. Undefined if it did not roll back. */
  readonly goingBackTo: string | undefined;
  /** The lock holder: `ann@laptop, process 4711`. */
  readonly lockedBy: string | undefined;
}

/** The names of leftovers. Other folders beside the releases belong to other tools: hostout never touches them. */
const leftoverForm = /^\.?\d{8}T\d{6,9}Z-[0-9a-f]{8}(?:\.failed|\.gone)?$/;

/**
 * Returns whether an answer of `stateScript` or `lookScript` has its last line. A cut answer may lack the release to
 * roll back to.
 */
export function isWholeState(text: string, last: "end" | "looked" = "end"): boolean {
  return text.trimEnd().split("\n").at(-1) === last;
}

/**
 * Reads the answer of `stateScript`. Returns an empty state for a host without the site. Ignores lines that were cut
 * off when a script was killed.
 */
export function parseState(text: string): StoreState {
  // A file that somebody edited may have other line ends.
  const lines = text.split("\n").map((line) => line.replace(/\r$/, "").split("\t"));
  const of = (kind: string) => lines.flatMap(([first, ...words]) => (first === kind ? [words] : []));
  const records = new Map<string, string[]>();
  for (const [name = "", ...line] of of("record"))
    records.set(name, [...(records.get(name) ?? []), line.join("\t")]);
  const recordsOf = (kind: string) =>
    of(kind)
      .flatMap(([name = ""]) => (releaseForm.test(name) ? [name] : []))
      .sort()
      .map((name) => parseRecord(name, (records.get(name) ?? []).join("\n")));
  const served = of("served")[0]?.[0];
  const log = of("log").flatMap(([at = "", release = "", who]) =>
    releaseForm.test(release) ? [{ at, release, ...(who && { who }) }] : [],
  );
  return {
    served: served !== undefined && releaseForm.test(served) ? served : undefined,
    foreign: served !== undefined && !releaseForm.test(served) ? served : undefined,
    programs: of("program").map(([name = ""]) => name),
    log: log.filter(({ release }, index) => log[index - 1]?.release !== release),
    releases: recordsOf("release"),
    failed: recordsOf("failed").map((record) => ({ ...record, result: "failed" })),
    leftovers: of("leftover")
      .flatMap(([name = ""]) => (leftoverForm.test(name) ? [name] : []))
      .sort(),
    remnants: of("remnant").flatMap(([name = ""]) => (/^adopted[^/]*$/.test(name) ? [name] : [])),
    pinned: of("pin").map(([name = ""]) => name),
    packages: of("package")
      .map(([hash = ""]) => hash)
      .sort(),
    closedPackages: of("closed").map(([hash = ""]) => hash),
    isUnsettled: of("unsettled").length > 0,
    goingBackTo: of("unsettled").flatMap(([name = ""]) => (releaseForm.test(name) ? [name] : []))[0],
    lockedBy: of("lock")[0]?.slice(1).join(" "),
  };
}

/**
 * Returns whether the folder of the live release exists, complete or not. `current` may lead to a folder that somebody
 * removed by hand.
 */
export function isServing({ served, releases, leftovers }: StoreState): boolean {
  return served !== undefined && (releases.some(({ name }) => name === served) || leftovers.includes(served));
}

/** Returns all releases of the site that still exist, failed or not, oldest first. */
export function releasesByAge({ releases, failed }: StoreState): readonly ReleaseRecord[] {
  return [...releases, ...failed].sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Finds the complete release of that name. Otherwise finds those whose names begin or end with the word. */
export function findReleases(
  { releases }: Pick<StoreState, "releases">,
  word: string,
): readonly ReleaseRecord[] {
  const named = releases.filter(({ name }) => name === word);
  if (named.length > 0) return named;
  return releases.filter(({ name }) => name.startsWith(word) || name.endsWith(`-${word}`));
}

/**
 * Returns the rollback target: the last release before the live one that was live and still exists.
 * Never a release that was not live or that failed, and never chosen by the time of a folder.
 */
export function previousRelease({ served, log, releases }: StoreState): string | undefined {
  const complete = new Set(releases.map(({ name }) => name));
  const logged = log.map(({ release }) => release);
  // A live release that is not the last of the log: its run was killed before it wrote the log.
  const all = served === undefined || logged.at(-1) === served ? logged : [...logged, served];
  const there = all.filter((name) => complete.has(name) || name === served);
  const last = served === undefined ? there.length : there.lastIndexOf(served);
  return there.slice(0, last).findLast((name) => name !== served);
}
