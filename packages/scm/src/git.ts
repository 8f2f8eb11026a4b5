import { listNames } from "./list-names.ts";
import { refuseUnread } from "./unreadable.ts";
import type { WorkingCopy } from "./working-copy.ts";
import type { Workshop } from "./workshop.ts";

/** The environment variables in which a git hook names its repository, which may not be the repository of the folder. */
const hookNames = ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_PREFIX"];
const git = ["env", ...hookNames.flatMap((name) => ["-u", name]), "git"];

/** Runs a git command for which exit code 1 means "nothing found": exit code 1 counts as success. */
const unlessNothing = ["sh", "-c", '"$@" || { c=$?; [ $c -eq 1 ] || exit $c; }', "sh"];

const env = { GIT_OPTIONAL_LOCKS: "0", LC_ALL: "C" };

/** Opens the git working copy of a folder. @throws HostoutError `command-failed` if git is missing or refuses */
export function openGit(folder: string, workshop: Workshop): WorkingCopy {
  const words = (...rest: readonly string[]) => [...git, ...rest];
  // The name of the command in an error: `git ls-files`.
  const how = ([command = ""]: readonly string[]) => ({ cwd: folder, env, title: `git ${command}` });
  const ask = (...rest: readonly string[]) => workshop.run(words(...rest), how(rest));
  const names = (...rest: readonly string[]) => listNames(words(...rest), how(rest), workshop);
  const head = async () => {
    const asked = [...unlessNothing, ...words("rev-parse", "--quiet", "--verify", "HEAD")];
    const commit = await workshop.run(asked, how(["rev-parse"]));
    return commit === "" ? undefined : commit;
  };
  return {
    kind: "git",
    list: async () => [
      ...new Set(
        await listNames(
          words("ls-files", "-z", "-co", "--exclude-standard"),
          how(["ls-files"]),
          workshop,
          refuseUnread(folder, /^warning: could not open directory '(.*?)\/?': (.*)$/m),
        ),
      ),
    ],
    untrackedFolders: async () =>
      (await names("ls-files", "-z", "-o", "--directory", "--exclude-standard")).filter((name) =>
        name.endsWith("/"),
      ),
    revision: head,
    edits: async () => {
      const changed = [
        ...(await names("ls-files", "-z", "-o", "--exclude-standard")),
        // Includes submodules with edits of their own, whatever the configuration says: hostout packages their files.
        ...(await names("diff", "--name-only", "--relative", "--ignore-submodules=none", "-z")),
      ];
      if ((await head()) === undefined) return changed;
      const staged = await names("diff", "--cached", "--name-only", "--relative", "-z", "HEAD");
      return [...new Set([...changed, ...staged])];
    },
    countCommits: async () => {
      if (!(await head()) || (await ask("rev-parse", "--is-shallow-repository")) === "true") return undefined;
      return Number(await ask("rev-list", "--count", "HEAD", "--", "."));
    },
  };
}
