import { listNames } from "./list-names.ts";
import { refuseUnread } from "./unreadable.ts";
import type { WorkingCopy } from "./working-copy.ts";
import type { Workshop } from "./workshop.ts";

const env = { HGPLAIN: "1", LC_ALL: "C" };
const none = "0".repeat(40);

/** Opens the Mercurial working copy of a folder. @throws HostoutError `command-failed` if hg is missing or refuses */
export function openMercurial(folder: string, workshop: Workshop): WorkingCopy {
  const ask = (...rest: readonly string[]) => workshop.run(["hg", ...rest], { cwd: folder, env });
  const status = (kinds: string, refuse?: (said: string) => void) =>
    listNames(["hg", "status", `-${kinds}n0`, "."], { cwd: folder, env }, workshop, refuse);
  return {
    kind: "hg",
    list: () => status("macu", refuseUnread(folder, /^(.*): (Permission denied|Input\/output error)$/m)),
    untrackedFolders: async () => [],
    revision: async () => {
      const node = await ask("log", "-r", ".", "-T", "{node}");
      return node === "" || node === none ? undefined : node;
    },
    edits: () => status("mardu"),
    countCommits: async () => (await ask("log", "-r", "::.", "-T", "x", ".")).length,
  };
}
