import { releaseForm } from "./release-name.ts";
import { parseRecord, type ReleaseRecord } from "./release-record.ts";

/** What a host has of a site's releases. */
export interface StoreState {
  /** What `current` leads to; undefined where nothing is served yet. */
  readonly served: string | undefined;
  /** What `current` leads to where that is no release: another tool put it there. */
  readonly foreign: string | undefined;
  /** What was in fact served, the oldest first, each change once. */
  readonly log: readonly ServedEntry[];
  /** Complete releases, the oldest first. */
  readonly releases: readonly ReleaseRecord[];
  /** Releases that failed: kept apart, never served again. */
  readonly failed: readonly ReleaseRecord[];
  /** What was not finished, failed, or is to go: names of folders. */
  readonly leftovers: readonly string[];
  /** Folders in place that became a release, and could not be removed whole: names in `.hostout`. */
  readonly remnants: readonly string[];
  /** Names of releases that are kept whatever their age. */
  readonly pinned: readonly string[];
  /** SHA-256 of the packages that are there. */
  readonly packages: readonly string[];
  /** SHA-256 of those that only another account reads: as good as not there. */
  readonly closedPackages: readonly string[];
  /** Somebody began to stop, switch and start the site, and has not come to the end of it. */
  readonly isUnsettled: boolean;
  /** The release that was then gone back to; undefined where it was none. */
  readonly goingBackTo: string | undefined;
  /** Who holds the lock: `ann@laptop, process 4711`. */
  readonly lockedBy: string | undefined;
}

export interface ServedEntry {
  /** As the host's clock says: for people. The order is that of the file. */
  readonly at: string;
  readonly release: string;
  /** Who switched to it: `ann@laptop, process 4711`; undefined where that is not known. */
  readonly who?: string | undefined;
}

/** Other folders beside the releases are of other tools: nothing here touches them. */
const leftoverForm = /^\.?\d{8}T\d{6,9}Z-[0-9a-f]{8}(?:\.failed|\.gone)?$/;

/** Whether an answer of `stateScript` or `lookScript` came to its last line: what a cut answer leaves out may be a release to roll back to. */
export function isWholeState(text: string, last: "end" | "looked" = "end"): boolean {
  return text.trimEnd().split("\n").at(-1) === last;
}

/** Reads what `stateScript` says; nothing of a host on which the site never was. Lines that were cut off where something was killed are none. */
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

/** Whether the folder of what is served is there, be it complete or not: `current` may lead to one that somebody removed by hand. */
export function isServing({ served, releases, leftovers }: StoreState): boolean {
  return served !== undefined && (releases.some(({ name }) => name === served) || leftovers.includes(served));
}

/** What was ever made of the site and is still there, whether it failed or not, the oldest first. */
export function releasesByAge({ releases, failed }: StoreState): readonly ReleaseRecord[] {
  return [...releases, ...failed].sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** The complete release of a name; else those whose names begin or end like that. */
export function findReleases(
  { releases }: Pick<StoreState, "releases">,
  word: string,
): readonly ReleaseRecord[] {
  const named = releases.filter(({ name }) => name === word);
  if (named.length > 0) return named;
  return releases.filter(({ name }) => name.startsWith(word) || name.endsWith(`-${word}`));
}

/**
 * What is gone back to: the release that was served before the present one and is there still. Never what was made and not
 * served, never what failed, and never by the time of a folder.
 */
export function previousRelease({ served, log, releases }: StoreState): string | undefined {
  const complete = new Set(releases.map(({ name }) => name));
  const logged = log.map(({ release }) => release);
  // What is served and is not the last of the log was switched to by one who was killed before he wrote it down.
  const all = served === undefined || logged.at(-1) === served ? logged : [...logged, served];
  const there = all.filter((name) => complete.has(name) || name === served);
  const last = served === undefined ? there.length : there.lastIndexOf(served);
  return there.slice(0, last).findLast((name) => name !== served);
}
