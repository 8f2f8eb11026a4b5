import type { Readable } from "node:stream";
import { type Connection, HostoutError } from "@hostout/kit";
import { adoptScript, linkScript, unadoptScript } from "./adopt-script.ts";
import { exits } from "./exits.ts";
import { type RenewableLock as Lock, takeLock, takeRenewableLock } from "./lock.ts";
import { unlockScript } from "./lock-scripts.ts";
import { formatRuns, parseIndex, type Run, type Segment } from "./package-runs.ts";
import { indexScript, receiveScript } from "./package-script.ts";
import { releaseForm } from "./release-name.ts";
import { formatRecord, type ReleaseRecord } from "./release-record.ts";
import {
  cloneScript,
  driftScript,
  failScript,
  finishScript,
  pinScript,
  recordScript,
  touchedScript,
  unpackScript,
} from "./release-scripts.ts";
import type { Removable } from "./removable.ts";
import { removeScript } from "./remove-script.ts";
import { stateScript } from "./state-script.ts";
import { exitOf, storeError } from "./store-error.ts";
import { emptyState, parseState, type StoreState } from "./store-state.ts";
import { goBackScript, settleScript, switchScript } from "./switch-scripts.ts";

/** A file of a release that is not as it was when the release was complete. */
export interface Drift {
  readonly path: string;
  readonly how: "changed" | "added" | "removed";
}

/**
 * The releases of a site below `path` on one machine. What changes something needs the lock.
 *
 * Each method throws HostoutError: `locked` when the lock was lost, `refused` when what it is about is not there.
 */
export interface Store {
  readonly path: string;
  readonly state: () => Promise<StoreState>;
  /** `who`: as others are told who find it locked. @throws HostoutError `locked` */
  readonly lock: (who: string) => Promise<Lock>;
  /** Ends whoever holds the lock. Resolves to who that was. */
  readonly unlock: () => Promise<string | undefined>;
  /** Where a release is, complete or not. */
  readonly folderOf: (release: string) => string;
  /** Segments of a package that is there. */
  readonly indexOf: (hash: string) => Promise<readonly Segment[]>;
  /** Puts a package together. `sent`: gzipped blocks of the runs that are sent, and the index of the package. */
  readonly receive: (
    parcel: {
      readonly hash: string;
      readonly base?: string | undefined;
      readonly runs: readonly Run[];
      readonly sent: Readable;
    },
    lock: Lock,
  ) => Promise<void>;
  /** Makes the folder of a release from a package. */
  readonly unpack: (release: string, hash: string, lock: Lock) => Promise<string>;
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
  /** Keeps a release that could not be made apart. */
  readonly fail: (record: ReleaseRecord, lock: Lock) => Promise<void>;
  /** Serves a complete release from now on; names of it that are wanted in the site's own folder become links there. */
  readonly switchTo: (release: string, links: readonly string[], lock: Lock) => Promise<void>;
  /** Whether the site runs what is served, or is being stopped, switched and started. */
  readonly settle: (isSettled: boolean, lock: Lock) => Promise<void>;
  /** Serves `before` (nothing, if undefined) where the release that failed is served, which never will be again. */
  readonly goBack: (failed: ReleaseRecord, before: string | undefined, lock: Lock) => Promise<void>;
  readonly remove: (what: readonly Removable[], lock: Lock) => Promise<void>;
  readonly drift: (release: string) => Promise<readonly Drift[]>;
  /** Whether something in a release was written since it was complete: cheaper to say than {@link drift}. */
  readonly isTouched: (release: string) => Promise<boolean>;
  readonly pin: (release: string, isPinned: boolean) => Promise<void>;
  /** Makes the first release of folders that are served in place. */
  readonly adopt: (record: ReleaseRecord, folders: readonly string[], lock: Lock) => Promise<void>;
  /** Puts links in the place of folders that were adopted. */
  readonly link: (folders: readonly string[], lock: Lock) => Promise<void>;
  /** Takes back {@link adopt}: folders of what is served are in place again. */
  readonly unadopt: (folders: readonly string[], lock: Lock) => Promise<void>;
}

/** `prepare`: makes the folders of the store where they are not, with whatever rights that takes. */
export function openStore(connection: Connection, path: string, prepare: () => Promise<void>): Store {
  const words = (script: string, more: readonly string[]) => ["sh", "-c", script, "hostout", path, ...more];
  const run = async (script: string, more: readonly string[], input?: Readable): Promise<void> => {
    try {
      await connection.run(words(script, more), { quiet: true, input });
    } catch (error) {
      throw storeError(error, connection.name, path, more[0] ?? "");
    }
  };
  // A script that finds the lock lost has changed nothing: where nobody else had it meanwhile, it is run again.
  const change = async (lock: Lock, script: string, more: (token: string) => readonly string[]) => {
    try {
      await run(script, more(lock.token));
    } catch (error) {
      if (!(error instanceof Error) || exitOf(error.cause) !== exits.lockLost || !(await lock.renew()))
        throw error;
      await run(script, more(lock.token));
    }
  };
  const ask = async (script: string, more: readonly string[] = []): Promise<string> => {
    try {
      return await connection.capture(words(script, more));
    } catch (error) {
      if (exitOf(error) === exits.noFolder) return "";
      throw storeError(error, connection.name, path, more[0] ?? "");
    }
  };
  const named = (release: string) => {
    if (!releaseForm.test(release)) throw new TypeError(`'${release}' is no name of a release`);
    return release;
  };
  const folderOf = (release: string) => `${path}/releases/${named(release)}`;
  const state = async () => {
    const text = await ask(stateScript);
    return text === "" ? emptyState : parseState(text);
  };
  return {
    path,
    state,
    lock: (who) =>
      takeRenewableLock(async () => {
        try {
          return await takeLock(connection, path, who);
        } catch (error) {
          const exit = exitOf(error);
          if (exit === exits.lockLost) throw await lockedError(error, connection.name, path, state);
          if (exit !== exits.noFolder) throw storeError(error, connection.name, path, "the lock");
          await prepare();
          return takeLock(connection, path, who);
        }
      }),
    unlock: async () => {
      try {
        const { stdout } = await connection.run(words(unlockScript, []), { quiet: true });
        return stdout.trim() || undefined;
      } catch (error) {
        throw storeError(error, connection.name, path, "the lock");
      }
    },
    folderOf,
    indexOf: async (hash) => parseIndex(await ask(indexScript, [hash])),
    receive: ({ hash, base = "", runs, sent }, { token }) =>
      run(receiveScript, [hash, base, token, ...formatRuns(runs)], sent),
    unpack: async (release, hash, lock) => {
      await change(lock, unpackScript, (token) => [named(release), token, hash]);
      return folderOf(release);
    },
    clone: async (release, from, folders, lock) => {
      await change(lock, cloneScript, (token) => [named(release), token, from ?? "", ...folders]);
      return folderOf(release);
    },
    finish: (record, lock) =>
      change(lock, finishScript, (token) => [named(record.name), token, formatRecord(record)]),
    record: (record, lock) =>
      change(lock, recordScript, (token) => [named(record.name), token, formatRecord(record)]),
    fail: (record, lock) =>
      change(lock, failScript, (token) => [named(record.name), token, formatRecord(record)]),
    switchTo: async (release, links, lock) => {
      await change(lock, switchScript, (token) => [named(release), token, ...links]);
      lock.serves(release);
    },
    settle: (isSettled, lock) => change(lock, settleScript, (token) => [token, isSettled ? "settled" : ""]),
    goBack: async (failed, before, lock) => {
      await change(lock, goBackScript, (token) => [
        named(failed.name),
        token,
        before ?? "",
        formatRecord({ ...failed, result: "failed" }),
      ]);
      lock.serves(before);
    },
    remove: async (what, lock) => {
      const names = what.map(({ kind, name }) => `${kind}:${name}`);
      if (names.length > 0) await change(lock, removeScript, (token) => [token, ...names]);
    },
    drift: async (release) => parseDrift(await ask(driftScript, [named(release)])),
    isTouched: (release) => connection.test(words(touchedScript, [named(release)])),
    pin: (release, isPinned) => run(pinScript, [named(release), isPinned ? "pinned" : ""]),
    adopt: async (record, folders, lock) => {
      await change(lock, adoptScript, (token) => [
        named(record.name),
        token,
        formatRecord(record),
        ...folders,
      ]);
      lock.serves(record.name);
    },
    link: (folders, lock) => change(lock, linkScript, (token) => [token, ...folders]),
    unadopt: async (folders, lock) => {
      await change(lock, unadoptScript, (token) => [token, ...folders]);
      lock.serves(undefined);
    },
  };
}

async function lockedError(
  cause: unknown,
  host: string,
  path: string,
  state: () => Promise<StoreState>,
): Promise<HostoutError> {
  const who = (await state()).lockedBy;
  return new HostoutError({
    code: "locked",
    message: `${host}: ${path} is being changed by ${who ?? "another run"}`,
    hint: "Wait for its end. The lock is free as soon as that run ends, however it does; 'hostout SITE unlock' ends it.",
    host,
    cause,
  });
}

/** Lines of diff, `<` as it was, `>` as it is. */
function parseDrift(text: string): readonly Drift[] {
  const lines = text.split("\n").filter((line) => line !== "");
  const pathsAt = (mark: string) =>
    new Set(lines.filter((line) => line.startsWith(mark)).map((line) => line.slice(2)));
  const before = pathsAt("<");
  const after = pathsAt(">");
  return [...new Set([...before, ...after])].map((path) => {
    const how = !before.has(path) ? "added" : after.has(path) ? "changed" : "removed";
    return { path, how };
  });
}
