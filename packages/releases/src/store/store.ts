import type { Readable } from "node:stream";
import type { Run, Segment } from "../state/package-runs.ts";
import type { ReleaseRecord } from "../state/release-record.ts";
import type { Remaining, Removable } from "../state/removable.ts";
import type { StoreState } from "../state/store-state.ts";
import type { RenewableLock as Lock } from "./lock.ts";

/** A file of a release that differs from the complete release. */
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

/** A release that is made from a package. */
export interface MakingRelease {
  readonly release: string;
  /** The number of files, folders and links in the package. */
  readonly files?: number | undefined;
  /** The record of a release that needs no build. The release is complete with its last file. */
  readonly record?: ReleaseRecord | undefined;
}

/** The mark of a site that is being stopped, switched and started. */
export interface SwitchMark {
  /** The release to which the host rolls back, if it does. */
  readonly goingBackTo: string | undefined;
}

/** The state of a host before its lock is taken. */
export interface Look {
  readonly state: StoreState;
  /** Whether somebody wrote to the live release since it was complete: cheaper than {@link Store.drift}. */
  readonly isTouched: boolean;
  /** The answer of the other script. Undefined if it did not run. */
  readonly further?: string | undefined;
}

/** A script that looks at the host, with its arguments after the path of the site. */
export interface Further {
  readonly script: string;
  readonly words: readonly string[];
  /** SHA-256 of a package: if a release of it is live and settled, the script does not run. */
  readonly unlessLive?: string | undefined;
}

/**
 * The releases of a site below `path` on one machine. A method that changes the store needs the lock.
 *
 * Each method throws HostoutError: `locked` if the lock was lost, `refused` if its object does not exist.
 */
export interface Store {
  readonly path: string;
  readonly state: () => Promise<StoreState>;
  /** `further`: another script for the same command. */
  readonly look: (further?: Further) => Promise<Look>;
  /**
   * Takes the lock. `who`: the lock holder, as other runs see it. `makes`: makes a missing store.
   *
   * @throws HostoutError `locked`; `refused` if no store exists
   */
  readonly lock: (who: string, makes?: boolean) => Promise<Lock>;
  /** Asks the host whether the lock is still held, unless the host has just confirmed it. @throws HostoutError `locked` */
  readonly prove: (lock: Lock) => Promise<void>;
  /** Ends the lock holder's process. Resolves to the lock holder. */
  readonly unlock: () => Promise<string | undefined>;
  /** Returns the path of a release, complete or not. */
  readonly folderOf: (release: string) => string;
  /** Resolves to the segments of a package on the host. */
  readonly indexOf: (hash: string) => Promise<readonly Segment[]>;
  /**
   * Assembles a package on the host. `sent`, gzipped: the blocks of the sent runs, all runs with the record
   * ({@link formatRuns}), and the index of the package. With `making`, makes that release of it too, as `unpack` does.
   */
  readonly receive: (
    parcel: {
      readonly hash: string;
      readonly base?: string | undefined;
      readonly runs: readonly Run[];
      readonly sent: Readable;
      readonly making?: MakingRelease | undefined;
    },
    lock: Lock,
  ) => Promise<void>;
  /**
   * Makes the folder of a release from a package on the host, or the complete release if its record is known.
   * The host removes a package that no longer matches its hash: see {@link isDamaged}.
   */
  readonly unpack: (hash: string, making: MakingRelease, lock: Lock) => Promise<string>;
  /** Makes the folder of a release from folders of another release, as hard links. */
  readonly clone: (
    release: string,
    from: string | undefined,
    folders: readonly string[],
    lock: Lock,
  ) => Promise<string>;
  /** Makes the release complete. */
  readonly finish: (record: ReleaseRecord, lock: Lock) => Promise<void>;
  /** Replaces the record of a complete release. */
  readonly record: (record: ReleaseRecord, lock: Lock) => Promise<void>;
  /**
   * Keeps a release whose build failed, apart from the others. Removes it if the disk is full, because others write to
   * that disk.
   */
  readonly fail: (record: ReleaseRecord, isDiskFull: boolean, lock: Lock) => Promise<"kept" | "removed">;
  /**
   * Makes a complete release live. Its wanted names become links in the site's own folder.
   * Resolves to the names that are not links there, and stay as they are. `mark`: first marks the site as unsettled.
   */
  readonly switchTo: (
    release: string,
    links: readonly string[],
    lock: Lock,
    mark?: SwitchMark | undefined,
  ) => Promise<readonly string[]>;
  /** Replaces the record of the live release, and marks the site as settled. */
  readonly accept: (record: ReleaseRecord, lock: Lock) => Promise<void>;
  /**
   * Marks whether the site runs the live release, or is being stopped, switched and started. `goingBackTo`: the release
   * to which it rolls back.
   */
  readonly settle: (isSettled: boolean, lock: Lock, goingBackTo?: string | undefined) => Promise<void>;
  /** Marks a release as failed, and makes `before` live if the failed one is. Undefined: no release is live then. */
  readonly goBack: (failed: ReleaseRecord, before: string | undefined, lock: Lock) => Promise<void>;
  /** Removes entries. Resolves to those that could not be removed. */
  readonly remove: (what: readonly Removable[], lock: Lock) => Promise<readonly Remaining[]>;
  readonly drift: (release: string) => Promise<DriftList>;
  readonly pin: (release: string, isPinned: boolean) => Promise<void>;
  /**
   * Resolves to the names that are folders of an older deployment in the site's own folder. With `release`: only names
   * that it has too.
   */
  readonly inPlace: (names: readonly string[], release?: string) => Promise<readonly string[]>;
  /** Makes the first release of folders that are live in place. */
  readonly adopt: (record: ReleaseRecord, folders: readonly string[], lock: Lock) => Promise<void>;
  /** Replaces adopted folders by links to the live release. */
  readonly link: (folders: readonly string[], lock: Lock) => Promise<void>;
}
