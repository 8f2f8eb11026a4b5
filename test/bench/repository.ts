import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** A git repository of the tree, for peers that deploy from one. */
export interface Repository {
  readonly url: string;
  readonly branch: string;
  /** Commits the tree as it is now, if it changed. */
  readonly commit: () => void;
}

/** The repository lies beside the project, which has no `.git`: hostout deploys the same folder. */
export function makeRepository(project: string, tree: string): Repository {
  const place = join(project, "project.git");
  const git = (...words: string[]) =>
    execFileSync("git", ["--git-dir", place, "--work-tree", project, ...words], { encoding: "utf8" });
  git("init", "-q", "-b", "main");
  for (const [name, value] of Object.entries({
    "user.name": "bench",
    "user.email": "bench@example.com",
    "gc.auto": "0",
  }))
    git("config", name, value);
  return {
    url: `file://${place}`,
    branch: "main",
    commit: () => {
      git("add", tree);
      if (git("status", "--porcelain", "--untracked-files=no") !== "") git("commit", "-q", "-m", "change");
    },
  };
}
