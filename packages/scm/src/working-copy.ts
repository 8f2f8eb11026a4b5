import { lstat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { openGit } from "./git.ts";
import { openMercurial } from "./mercurial.ts";
import type { Workshop } from "./workshop.ts";

/** The state of a folder in its working copy, as version control knows it. All paths are relative to that folder. */
export interface WorkingCopy {
  readonly kind: "git" | "hg";
  /** Lists tracked files, and files that are neither tracked nor ignored. Leaves out deleted files. */
  readonly list: () => Promise<readonly string[]>;
  /** Lists folders without tracked files that are not ignored, as far as the program knows folders. */
  readonly untrackedFolders: () => Promise<readonly string[]>;
  /** The id of the checked-out revision. Undefined before the first commit. */
  readonly revision: () => Promise<string | undefined>;
  /** Lists files that differ from the revision. */
  readonly edits: () => Promise<readonly string[]>;
  /** Counts the commits up to the revision that touched the folder. Undefined if the history is incomplete. */
  readonly countCommits: () => Promise<number | undefined>;
}

/** Finds the version control of a folder: the one of the nearest repository at or above the folder. Runs no program. */
export async function findWorkingCopy(folder: string, workshop: Workshop): Promise<WorkingCopy | undefined> {
  for (let at = folder; ; at = dirname(at)) {
    if (await isThere(join(at, ".git"))) return openGit(folder, workshop);
    if (await isThere(join(at, ".hg"))) return openMercurial(folder, workshop);
    if (at === dirname(at)) return undefined;
  }
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
