import { type Connection, HostoutError } from "@hostout/kit";
import type { Lock } from "./lock.ts";
import { releaseForm } from "./release-name.ts";
import {
  beginScript,
  exits,
  finishScript,
  prepareScript,
  removeScript,
  stateScript,
  switchScript,
} from "./store-scripts.ts";
import { parseState, type StoreState } from "./store-state.ts";

/** The releases of a site below `path` on one machine. */
export interface Store {
  readonly prepare: () => Promise<void>;
  readonly state: () => Promise<StoreState>;
  /** Makes a folder to build a release in, and says where it is. */
  readonly begin: (release: string, lock: Lock) => Promise<string>;
  readonly finish: (release: string, lock: Lock) => Promise<void>;
  /** Serves a complete release from now on. */
  readonly switchTo: (release: string, lock: Lock) => Promise<void>;
  /** Removes releases and leftovers by the names of their folders. */
  readonly remove: (folders: readonly string[], lock: Lock) => Promise<void>;
  /** Where a complete release is. */
  readonly folderOf: (release: string) => string;
}

/** Each method throws HostoutError: `locked` when the lock was lost, `refused` when what it is about is not there. */
export function openStore(connection: Connection, path: string): Store {
  const run = async (script: string, ...words: readonly string[]) => {
    try {
      await connection.run(["sh", "-c", script, "hostout", path, ...words], { quiet: true });
    } catch (error) {
      throw explained(error, connection.name, path, words[0] ?? "");
    }
  };
  const named = (release: string) => {
    if (!releaseForm.test(release)) throw new TypeError(`'${release}' is no name of a release`);
    return release;
  };
  return {
    prepare: () => run(prepareScript),
    state: async () => {
      const asked = ["sh", "-c", stateScript, "hostout", path];
      // A site that was never deployed there has no folder.
      if (!(await connection.test(["test", "-d", path]))) return parseState("");
      return parseState(await connection.capture(asked));
    },
    begin: async (release, { token }) => {
      await run(beginScript, named(release), token);
      return `${path}/releases/.${release}.part`;
    },
    finish: (release, { token }) => run(finishScript, named(release), token),
    switchTo: (release, { token }) => run(switchScript, named(release), token),
    remove: async (folders, { token }) => {
      if (folders.length > 0) await run(removeScript, token, ...folders);
    },
    folderOf: (release) => `${path}/releases/${named(release)}`,
  };
}

function explained(error: unknown, host: string, path: string, what: string): unknown {
  const code = error instanceof Error ? /ended with (\d+)/.exec(error.message)?.[1] : undefined;
  const told = (message: string, hint: string, of: "locked" | "refused" = "refused") =>
    new HostoutError({ code: of, message: `${host}: ${message}`, hint, host, cause: error });
  switch (Number(code)) {
    case exits.lockLost:
      return told(
        `the lock of ${path} was lost; nothing was switched`,
        "Try again: another deploy may have begun.",
        "locked",
      );
    case exits.noRelease:
      return told(`there is no complete release ${what} in ${path}`, "'hostout SITE releases' lists them.");
    case exits.notEmpty:
      return told(
        `${path} has something in the way of ${what}`,
        `Is ${path}/current a folder? Move it away.`,
      );
    case exits.noRename:
      return told(`nothing there can rename a link over another (mv -T)`, "GNU coreutils or busybox can.");
    case exits.noFolder:
      return told(`there is no ${path}`, "Deploy the site first.");
    default:
      return error;
  }
}
