import type { Connection } from "@hostout/kit";
import { adoptScript, inPlaceScript, linkScript } from "../host/adopt-script.ts";
import { proveScript, unlockScript } from "../host/lock-scripts.ts";
import { indexScript, receiveScript } from "../host/package-script.ts";
import {
  cloneScript,
  completeScript,
  driftScript,
  failScript,
  finishScript,
  pinScript,
  recordScript,
  unpackScript,
} from "../host/release-scripts.ts";
import { removeScript } from "../host/remove-script.ts";
import { lookFurtherScript, lookScript, stateScript } from "../host/state-script.ts";
import { acceptScript, goBackScript, settleScript, switchScript } from "../host/switch-scripts.ts";
import { exits } from "../script/exits.ts";
import {
  begun,
  type KnownState,
  knownState,
  received,
  recorded,
  removed,
  settled,
  switched,
} from "../state/known-state.ts";
import { parseIndex, sentBlocks } from "../state/package-runs.ts";
import { releaseForm } from "../state/release-name.ts";
import { formatRecord, type ReleaseRecord } from "../state/release-record.ts";
import { linesOf, parseDrift, parseRemaining, parseSwitch } from "../state/store-answers.ts";
import { isWholeState, parseState, type StoreState } from "../state/store-state.ts";
import { takeLock, takeRenewableLock } from "./lock.ts";
import type { Further, MakingRelease, Store } from "./store.ts";
import { closedError, cutState, exitOf, lockedError, noStore, storeError } from "./store-error.ts";
import { type Change, storeScripts } from "./store-scripts.ts";

/** The settings of a store besides its place. */
export interface StoreSettings {
  /** The name of the site, for hints. */
  readonly site?: string;
  /** Makes the missing folders of the store, with the rights that this takes. */
  readonly prepare?: () => Promise<void>;
  /** The known state, shared by all users of this host's store in this run. */
  readonly known?: KnownState;
  /** Receives the state of the host where the lock was refused. */
  readonly found?: (state: StoreState) => void;
}

/** Opens the store at `path`, with the rights of the connection. */
export function openStore(
  connection: Connection,
  path: string,
  { site, prepare = async () => {}, known = knownState(), found = () => {} }: StoreSettings = {},
): Store {
  const place = { host: connection.name, path, site };
  const { words, run, change, changeAndHear, ask } = storeScripts(connection, place, known);
  const named = (release: string) => {
    if (!releaseForm.test(release)) throw new TypeError(`'${release}' is not the name of a release`);
    return release;
  };
  const naming = (release: string) => (token: string) => [named(release), token];
  const folderOf = (release: string) => `${path}/releases/${named(release)}`;
  const askWhole = async (script: string, last: "end" | "looked") => {
    const text = await ask(script, [], { none: last });
    if (!isWholeState(text, last)) throw cutState(connection.name, path);
    return text;
  };
  /** For a host without the folder of the site. */
  const noAnswer = "looked";
  const askFurther = async ({ script, words: more, unlessLive = "" }: Further) => {
    const text = await ask(lookFurtherScript, [unlessLive, script, ...more]);
    const [, first = text, rest] = /^([\s\S]*?)^more\n([\s\S]*)$/m.exec(text) ?? [];
    const isMissing = first === "" && rest !== undefined;
    if (!isMissing && !isWholeState(first, "looked")) throw cutState(connection.name, path);
    return [isMissing ? noAnswer : first, rest] as const;
  };
  const askState = async () => parseState(await askWhole(stateScript, "end"));
  /** @returns undefined if the store does not exist yet */
  const take = async (who: string) => {
    try {
      return await takeLock(connection, path, who);
    } catch (error) {
      const exit = exitOf(error);
      if (exit === exits.noFolder) return undefined;
      // Exit by TERM: `unlock` ended the script before it had the lock.
      if (exit === exits.lockLost || exit === 143)
        throw await lockedError(error, connection, place, async () => {
          const state = await askState();
          found(state);
          return state;
        });
      throw storeError(error, place, "the lock");
    }
  };
  const takeOrPrepare = async (who: string, makes: boolean) => {
    const there = known.lacksStore && makes ? undefined : await take(who);
    if (there) return there;
    if (!makes) throw noStore(connection, path);
    await prepare().catch((error) => {
      throw storeError(error, place, "the store");
    });
    known.lacksStore = false;
    const made = await take(who);
    if (made) return made;
    throw closedError(connection, path);
  };
  return {
    path,
    state: () => known.get(askState),
    look: async (further) => {
      const [text, more] = further ? await askFurther(further) : [await askWhole(lookScript, "looked")];
      known.isNewSite = text === noAnswer;
      known.lacksStore = known.isNewSite || /^none$/m.test(text);
      return { state: parseState(text), isTouched: /^touched$/m.test(text), further: more };
    },
    lock: (who, makes = true) =>
      takeRenewableLock(async () => {
        const taken = await takeOrPrepare(who, makes);
        known.hold(taken.state);
        const release = () => {
          known.hold(undefined);
          return taken.release();
        };
        return { ...taken, release };
      }),
    prove: async (lock) => {
      if (lock.isLost() || !lock.isFresh())
        await change(lock, proveScript, (token) => [token], { effect: (state) => state });
    },
    unlock: async () => {
      try {
        const { stdout } = await connection.run(words(unlockScript, []), { quiet: true });
        return stdout.trim() || undefined;
      } catch (error) {
        throw storeError(error, place, "the lock");
      }
    },
    folderOf,
    indexOf: async (hash) => parseIndex(await ask(indexScript, [hash])),
    receive: async ({ hash, base = "", runs, sent, making }, { token }) => {
      const release = making ? [named(making.release), String(making.files ?? "")] : [];
      try {
        await run(receiveScript, [hash, base, token, String(sentBlocks(runs)), ...release], sent);
      } catch (error) {
        known.change();
        throw error;
      }
      known.change(received(hash));
      if (making) known.change(made(making));
    },
    unpack: async (hash, making, lock) => {
      const { release, files, record } = making;
      const words = (token: string) => [named(release), token, hash, String(files ?? "")];
      const given = record === undefined ? {} : { text: formatRecord(record) };
      const script = record === undefined ? unpackScript : completeScript;
      await change(lock, script, words, { ...given, effect: made(making) });
      return folderOf(release);
    },
    clone: async (release, from, folders, lock) => {
      const words = (token: string) => [named(release), token, from ?? ""];
      await change(lock, cloneScript, words, { words: folders, effect: begun(release) });
      return folderOf(release);
    },
    finish: (record, lock) => change(lock, finishScript, naming(record.name), recording(record)),
    record: (record, lock) => change(lock, recordScript, naming(record.name), recording(record)),
    fail: async (record, isDiskFull, lock) => {
      const words = (token: string) => [named(record.name), token, isDiskFull ? "full" : ""];
      const said = await changeAndHear(lock, failScript, words, { text: formatRecord(record) });
      return said.includes("removed") ? "removed" : "kept";
    },
    switchTo: async (release, links, lock, mark) => {
      const words = (token: string) => [
        ...[named(release), token],
        ...[mark ? "unsettled" : "", mark?.goingBackTo ?? ""],
      ];
      const said = await changeAndHear(lock, switchScript, words, {
        words: links,
        effect: (state, text) => {
          const after = switched(release, parseSwitch(text).programs)(state);
          return mark ? settled(false, mark.goingBackTo)(after) : after;
        },
      });
      lock.serves(release);
      return parseSwitch(said).inTheWay;
    },
    accept: (record, lock) =>
      change(lock, acceptScript, naming(record.name), {
        text: formatRecord(record),
        effect: (state) => settled(true, undefined)(recorded(record)(state)),
      }),
    settle: (isSettled, lock, goingBackTo) => {
      const words = (token: string) => [token, isSettled ? "settled" : "", goingBackTo ?? ""];
      return change(lock, settleScript, words, { effect: settled(isSettled, goingBackTo) });
    },
    goBack: async (failed, before, lock) => {
      const words = (token: string) => [named(failed.name), token, before ?? ""];
      await change(lock, goBackScript, words, { text: formatRecord({ ...failed, result: "failed" }) });
      lock.serves(before);
    },
    remove: async (what, lock) => {
      const names = what.map(({ kind, name }) => `${kind}:${name}`);
      if (names.length === 0) return [];
      const said = await changeAndHear(lock, removeScript, (token) => [token], {
        words: names,
        effect: (state) => state,
      });
      const remaining = parseRemaining(said, what);
      known.change(remaining.length === 0 ? removed(what) : undefined);
      return remaining;
    },
    drift: async (release) => parseDrift(await ask(driftScript, [named(release)])),
    pin: async (release, isPinned) => {
      await run(pinScript, [named(release), isPinned ? "pinned" : ""]);
      known.change();
    },
    inPlace: async (names, release) => {
      if (known.isNewSite) return [];
      const words = [release === undefined ? "" : named(release)];
      return linesOf(await ask(inPlaceScript, words, { words: names }));
    },
    adopt: async (record, folders, lock) => {
      await change(lock, adoptScript, naming(record.name), { text: formatRecord(record), words: folders });
      lock.serves(record.name);
    },
    link: (folders, lock) => change(lock, linkScript, (token) => [token], { words: folders }),
  };
}

/** The effect of a release that was made from a package. */
const made = ({ release, record }: MakingRelease) => (record ? recorded(record) : begun(release));

/** The change that writes the record of a complete release. */
const recording = (record: ReleaseRecord): Change => ({
  text: formatRecord(record),
  effect: recorded(record),
});
