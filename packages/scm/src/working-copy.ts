import { lstat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { openGit } from "./git.ts";
import { openMercurial } from "./mercurial.ts";
import type { Workshop } from "./workshop.ts";

/** What version control knows of a folder of its working copy. All paths are relative to that folder. */
export interface WorkingCopy {
  readonly kind: "git" | "hg";
  /** What is tracked, and what is neither tracked nor ignored; without what is gone. */
  readonly list: () => Promise<readonly string[]>;
  /** Folders in which nothing is tracked, and that are not ignored, as far as version control knows of folders. */
  readonly untrackedFolders: () => Promise<readonly string[]>;
  /** The id of what is checked out; undefined before the first commit. */
  readonly revision: () => Promise<string | undefined>;
  /** What differs from it. */
  readonly edits: () => Promise<readonly string[]>;
  /** How many commits up to it touched the folder; undefined where the history is not whole. */
  readonly countCommits: () => Promise<number | undefined>;
}

/** The version control of a folder: that of the nearest folder above which is a repository. No program is run. */
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
