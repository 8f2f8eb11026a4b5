import type { Readable } from "node:stream";
import type { Run, Segment } from "../state/package-runs.ts";
import type { ReleaseRecord } from "../state/release-record.ts";
import type { Remaining, Removable } from "../state/removable.ts";
import type { StoreState } from "../state/store-state.ts";
import type { RenewableLock as Lock } from "./lock.ts";

/** A file of a release that is not as it was when the release was complete. */
export interface Drift {
  readonly path: string;
  readonly how: "changed" | "added" | "removed" | "unreadable";
}

/** The files of a release that differ on the host. */
export interface DriftList {
  readonly files: readonly Drift[];
  /** Whether more files differ than are listed. */
  readonly isCut: boolean;
}

/** What a host has before its lock is taken. */
export interface Look {
  readonly state: StoreState;
  /** Whether something in what is served was written since it was complete: cheaper to say than {@link Store.drift}. */
  readonly isTouched: boolean;
}

/**
 * The releases of a site below `path` on one machine. What changes something needs the lock.
 *
 * Each method throws HostoutError: `locked` when the lock was lost, `refused` when what it is about is not there.
 */
export interface Store {
  readonly path: string;
  readonly state: () => Promise<StoreState>;
  readonly look: () => Promise<Look>;
  /**
   * `who`: as others are told who find it locked. `makes`: makes the store where it is not there yet.
   *
   * @throws HostoutError `locked`; `refused` where there is no store
   */
  readonly lock: (who: string, makes?: boolean) => Promise<Lock>;
  /** Asks the host whether the lock is held still, unless it has just said so. @throws HostoutError `locked` */
  readonly prove: (lock: Lock) => Promise<void>;
  /** Ends whoever holds the lock. Resolves to who that was. */
  readonly unlock: () => Promise<string | undefined>;
  /** Where a release is, complete or not. */
  readonly folderOf: (release: string) => string;
  /** Segments of a package that is there. */
  readonly indexOf: (hash: string) => Promise<readonly Segment[]>;
  /** Puts a package together. `sent`: gzipped, the blocks of the runs that are sent, all runs ({@link formatRuns}), and the index of the package. */
  readonly receive: (
    parcel: {
      readonly hash: string;
      readonly base?: string | undefined;
      readonly runs: readonly Run[];
      readonly sent: Readable;
    },
    lock: Lock,
  ) => Promise<void>;
  /**
   * Makes the folder of a release from a package, which has so many files, folders and links. A package that is not what its name says any
   * more is removed: see {@link isDamaged}.
   */
  readonly unpack: (
    release: string,
    { hash, files }: { readonly hash: string; readonly files?: number | undefined },
    lock: Lock,
  ) => Promise<string>;
  /** Makes the folder of a release with folders of another as hard links. */
  readonly clone: (
    release: string,
    from: string | undefined,
    folders: readonly string[],
    lock: Lock,
  ) => Promise<string>;
  /** The release is complete. */
  readonly finish: (record: ReleaseRecord, lock: Lock) => Promise<void>;
  /** Another record of a complete release. */
  readonly record: (record: ReleaseRecord, lock: Lock) => Promise<void>;
  /** Keeps a release that could not be made apart; removes it where the disk is full, as others write there. */
  readonly fail: (record: ReleaseRecord, isDiskFull: boolean, lock: Lock) => Promise<"kept" | "removed">;
  /**
   * Serves a complete release from now on; names of it that are wanted in the site's own folder become links there. Resolves to those
   * that are no links there, and stay as they are.
   */
  readonly switchTo: (release: string, links: readonly string[], lock: Lock) => Promise<readonly string[]>;
  /** Whether the site runs what is served, or is being stopped, switched and started: to go back to a release, if one is named. */
  readonly settle: (isSettled: boolean, lock: Lock, goingBackTo?: string | undefined) => Promise<void>;
  /** Serves `before` (nothing, if undefined) where the release that failed is served, which never will be again. */
  readonly goBack: (failed: ReleaseRecord, before: string | undefined, lock: Lock) => Promise<void>;
  /** Resolves to what could not be removed. */
  readonly remove: (what: readonly Removable[], lock: Lock) => Promise<readonly Remaining[]>;
  readonly drift: (release: string) => Promise<DriftList>;
  readonly pin: (release: string, isPinned: boolean) => Promise<void>;
  /** Which of the names are folders of an older deployment into the site's own folder; of those that `release` has too, if it is given. */
  readonly inPlace: (names: readonly string[], release?: string) => Promise<readonly string[]>;
  /** Makes the first release of folders that are served in place. */
  readonly adopt: (record: ReleaseRecord, folders: readonly string[], lock: Lock) => Promise<void>;
  /** Puts links in the place of folders that were adopted. */
  readonly link: (folders: readonly string[], lock: Lock) => Promise<void>;
}
