import { releaseForm } from "./release-name.ts";

/** What a host has of a site's releases. */
export interface StoreState {
  /** What `current` leads to; undefined where nothing is served yet. */
  readonly served: string | undefined;
  /** What was in fact served, the oldest first, each change once. */
  readonly log: readonly ServedEntry[];
  /** Complete releases, the oldest first. */
  readonly releases: readonly string[];
  /** What was not finished, failed, or is to go: names of folders. */
  readonly leftovers: readonly string[];
}

export interface ServedEntry {
  /** As the host's clock says: for people. The order is that of the file. */
  readonly at: string;
  readonly release: string;
}

/** Reads what `stateScript` says. Lines that were cut off where something was killed are none. */
export function parseState(text: string): StoreState {
  const lines = text.split("\n").map((line) => line.split("\t"));
  const of = (kind: string) => lines.filter((words) => words[0] === kind);
  const served = of("served")[0]?.[1];
  const log = of("log").flatMap(([, at = "", release = ""]) =>
    releaseForm.test(release) ? [{ at, release }] : [],
  );
  return {
    served: served !== undefined && releaseForm.test(served) ? served : undefined,
    log: log.filter(({ release }, index) => log[index - 1]?.release !== release),
    releases: of("release")
      .flatMap(([, name = ""]) => (releaseForm.test(name) ? [name] : []))
      .sort(),
    leftovers: of("leftover").flatMap(([, name = ""]) => (/^\.[\w.-]+$/.test(name) ? [name] : [])),
  };
}

/**
 * What is gone back to: the release that was served before the present one and is there still. Never what was made and not
 * served, and never by the time of a folder.
 */
export function previousRelease({ served, log, releases }: StoreState): string | undefined {
  const there = log.map(({ release }) => release).filter((name) => releases.includes(name));
  const last = there.lastIndexOf(served ?? "");
  return there.slice(0, last < 0 ? there.length : last).findLast((name) => name !== served);
}

/** What may go: neither served, nor what is gone back to, nor among the newest `keep` that were served. */
export function removableReleases(state: StoreState, keep: number): readonly string[] {
  const wasServed = [...new Set(state.log.map(({ release }) => release).reverse())];
  const kept = new Set([state.served, previousRelease(state), ...wasServed.slice(0, keep)]);
  return state.releases.filter((name) => !kept.has(name));
}
