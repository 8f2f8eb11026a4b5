import { join } from "node:path";
import { type Command, type Connection, type ShellLine, sh } from "@hostout/kit";

/** The commands of a version control program that hostout needs. Those without `path` run in the checkout. */
export interface ScmCommands {
  readonly name: "git" | "hg";
  /** Environment variables that keep the program from asking questions and from translating its output. */
  readonly env: Readonly<Record<string, string>>;
  /** Clones the repository in the environment variable `REPOSITORY`. An address with a password must not appear in a message. */
  readonly clone: (branch: string | undefined, path: string) => ShellLine;
  readonly origin: () => Command;
  /** Lists tracked files with local edits, one a line. */
  readonly edits: () => Command;
  readonly revision: () => Command;
  /** Prints the name of the current branch. git prints `HEAD` at a tag or a revision. */
  readonly branch: () => Command;
  /** Succeeds if the checkout is at that branch, tag or revision. */
  readonly isAt: (branch: string) => Command;
  /** Succeeds if the checkout has the files of a revision. An interrupted clone has none. */
  readonly isComplete: () => Command;
  readonly fetch: () => Command;
  /** Updates to the newest revision of a branch. Default: the current branch. */
  readonly update: (branch: string | undefined, force: boolean) => Command;
}

const git: ScmCommands = {
  name: "git",
  env: { GIT_TERMINAL_PROMPT: "0", LC_ALL: "C" },
  clone: (branch, path) =>
    sh`git clone ${["-q", "--recurse-submodules", ...(branch === undefined ? [] : ["--branch", branch])]} -- "$REPOSITORY" ${path}`,
  origin: () => ["git", "remote", "get-url", "origin"],
  edits: () => ["git", "status", "--porcelain", "--untracked-files=no"],
  revision: () => ["git", "rev-parse", "--short=12", "HEAD"],
  branch: () => ["git", "rev-parse", "--abbrev-ref", "HEAD"],
  isAt: (branch) =>
    sh`b=${branch}; h=$(git rev-parse --abbrev-ref HEAD); [ "$h" = "$b" ] && exit
[ "$h" = HEAD ] && ! git show-ref -q --verify "refs/remotes/origin/$b" &&
  [ "$(git rev-parse -q --verify "$b^{commit}")" = "$(git rev-parse HEAD)" ]`,
  isComplete: () =>
    sh`git rev-parse -q --verify 'HEAD^{commit}' >/dev/null && [ -e "$(git rev-parse --git-path index)" ]`,
  // Somebody may have moved a tag.
  fetch: () => ["git", "fetch", "-q", "--tags", "--force", "--prune", "origin"],
  update: (branch, force) => {
    const to = branch === undefined ? sh`branch=$(git rev-parse --abbrev-ref HEAD)` : sh`branch=${branch}`;
    const discard = force ? sh`git reset -q --hard` : sh`:`;
    const forward = force
      ? sh`git reset -q --hard "origin/$branch"`
      : sh`git merge -q --ff-only "origin/$branch"`;
    // A name that is no branch of the origin is a tag or a revision. HEAD is then the revision of the checkout before
    // it.
    return sh`set -e; ${to}; ${discard}
if [ "$branch" != HEAD ] && git rev-parse -q --verify "refs/remotes/origin/$branch" >/dev/null; then
  git checkout -q "$branch" --
  ${forward}
elif git show-ref -q --verify "refs/heads/$branch" && ! git show-ref -q --verify "refs/tags/$branch"; then
  echo "the repository has no branch '$branch'" >&2
  exit 1
else git checkout -q --detach "$branch" --; fi
git submodule -q update --init --recursive ${force ? ["--force"] : []}`;
  },
};

const hg: ScmCommands = {
  name: "hg",
  env: { HGPLAIN: "1", LC_ALL: "C.UTF-8" },
  clone: (branch, path) =>
    sh`hg ${["--noninteractive", "clone", ...(branch === undefined ? [] : ["--updaterev", branch])]} -- "$REPOSITORY" ${path}`,
  origin: () => ["hg", "paths", "default"],
  edits: () => ["hg", "status", "--modified", "--added", "--removed", "--deleted"],
  revision: () => ["hg", "identify", "--id"],
  branch: () => ["hg", "branch"],
  isAt: (branch) =>
    sh`[ "$(hg branch)" = ${branch} ] || [ "$(hg log -r ${branch} -T '{node}' 2>/dev/null)" = "$(hg log -r . -T '{node}')" ]`,
  isComplete: () => sh`[ "$(hg log -r . -T x)" = x ] && [ ! -e .hg/updatestate ]`,
  fetch: () => ["hg", "--noninteractive", "pull", "-q"],
  update: (branch, force) => [
    "hg",
    "update",
    "-q",
    force ? "--clean" : "--check",
    ...(branch === undefined ? [] : ["--rev", branch]),
  ],
};

const known: readonly ScmCommands[] = [git, hg];

export function scmNamed(name: "git" | "hg"): ScmCommands {
  return name === "git" ? git : hg;
}

/** Finds the version control program of a checkout. Undefined if the folder is not a checkout. */
export async function scmOf(machine: Connection, path: string): Promise<ScmCommands | undefined> {
  for (const scm of known) if (await machine.test(["test", "-e", join(path, `.${scm.name}`)])) return scm;
  return undefined;
}

/**
 * Finds the version control program of a repository by its name (`git+…`, `….git`). Otherwise takes the program to
 * which the repository answers. Default: hg, as collective.hostout does.
 */
export async function scmOfRepository(machine: Connection, repository: string): Promise<ScmCommands> {
  const prefix = /^(git|hg)\+/.exec(repository)?.[1];
  if (prefix) return prefix === "git" ? git : hg;
  if (/\.git\/?$|^git(@|:\/\/)/.test(repository)) return git;
  // git itself would take `path` for a `path.git` beside it.
  if (await machine.test(["test", "-d", join(repository, ".hg")])) return hg;
  return (await machine.test(["git", "ls-remote", "-q", "--", repository], {
    env: git.env,
    timeoutMs: 30_000,
  }))
    ? git
    : hg;
}
