import { inPlaceScript } from "../../../packages/releases/src/host/adopt-script.ts";
import { proveScript, unlockScript } from "../../../packages/releases/src/host/lock-scripts.ts";
import { indexScript, receiveScript } from "../../../packages/releases/src/host/package-script.ts";
import { giveScript, prepareScript } from "../../../packages/releases/src/host/prepare-scripts.ts";
import {
  driftScript,
  failScript,
  finishScript,
  pinScript,
  recordScript,
  unpackScript,
} from "../../../packages/releases/src/host/release-scripts.ts";
import { removeScript } from "../../../packages/releases/src/host/remove-script.ts";
import { lookScript, stateScript } from "../../../packages/releases/src/host/state-script.ts";
import {
  goBackScript,
  settleScript,
  switchScript,
} from "../../../packages/releases/src/host/switch-scripts.ts";
import { exits } from "../../../packages/releases/src/script/exits.ts";
import type { ModelStore } from "./model-store.ts";

/** What a script ends with. */
export interface Ended {
  readonly status: number;
  readonly stdout: string;
}

export const ok = (stdout = ""): Ended => ({ status: 0, stdout });
export const ends = (status: number): Ended => ({ status, stdout: "" });

/** What a script is given: its arguments behind the path, and of its input the text and the words. */
interface Asked {
  readonly args: readonly string[];
  readonly text: string;
  readonly words: readonly string[];
  /** The host's clock. */
  readonly at: () => string;
}

type Script = (store: ModelStore, asked: Asked) => Ended;

const isComplete = ({ records, failed, folders }: ModelStore, release: string) =>
  records.has(release) && !failed.has(release) && folders.has(release);

/** Only with the lock. */
const locked =
  (index: number, script: Script): Script =>
  (store, asked) =>
    store.holder?.token === asked.args[index] ? script(store, asked) : ends(exits.lockLost);

function writeLog(store: ModelStore, { at }: Asked, who: string): void {
  if (store.current === undefined || store.log.at(-1)?.release === store.current) return;
  store.log.push({ at: at(), release: store.current, who });
}

function serve(store: ModelStore, release: string, asked: Asked): void {
  writeLog(store, asked, "");
  store.current = release;
  writeLog(store, asked, store.holder?.who ?? "");
}

export function state(store: ModelStore): string {
  const lines: string[] = [];
  const say = (...words: readonly string[]) => void lines.push(words.join("\t"));
  if (store.current !== undefined) say("served", store.current);
  if (store.unsettled !== undefined) say("unsettled", store.unsettled);
  for (const { at, release, who } of store.log) say("log", at, release, who);
  if (store.holder) say("lock", "1", store.holder.who);
  const tell = (kind: string, records: ReadonlyMap<string, string>) => {
    for (const [release, text] of records) {
      if (kind === "release" && !isComplete(store, release)) continue;
      say(kind, release);
      for (const line of text.split("\n")) say("record", release, line);
    }
  };
  tell("release", store.records);
  tell("failed", store.failed);
  for (const release of store.pins) say("pin", release);
  for (const folder of store.folders) if (!isComplete(store, folder)) say("leftover", folder);
  for (const hash of store.packages) say("package", hash);
  return `${lines.join("\n")}\n`;
}

const made =
  (last: string): Script =>
  (store) =>
    store.isMade ? ok(`${state(store)}${last}\n`) : ends(exits.noFolder);

function remove(store: ModelStore, word: string): void {
  const [kind = "", name = ""] = word.split(/:(.*)/s);
  if (kind === "package") store.packages.delete(name);
  else if (kind === "record") store.failed.delete(name);
  else if (name !== store.current) {
    store.folders.delete(name);
    if (name.startsWith(".")) return;
    store.records.delete(name);
    store.pins.delete(name);
  }
}

/** What each script makes of the store. Its first argument here is the second of the script, whose first is the path. */
export const scripts: ReadonlyMap<string, Script> = new Map<string, Script>([
  [
    prepareScript,
    (store) => {
      store.isMade = true;
      return ok();
    },
  ],
  [
    giveScript,
    (store) => {
      store.isMade = true;
      return ok();
    },
  ],
  [stateScript, made("end")],
  [lookScript, made("looked")],
  [proveScript, locked(0, () => ok())],
  [
    unlockScript,
    (store, { args: [token] }) => {
      const { holder } = store;
      if (!holder || (token !== undefined && token !== holder.token)) return ok();
      // As SIGTERM ends it.
      holder.end(143);
      return ok(`${holder.who}\n`);
    },
  ],
  [
    receiveScript,
    locked(2, (store, { args: [hash = ""] }) => {
      store.packages.add(hash);
      return ok();
    }),
  ],
  [indexScript, () => ok()],
  [driftScript, () => ok()],
  [inPlaceScript, () => ok()],
  [
    unpackScript,
    locked(1, (store, { args: [release = "", , hash = ""] }) => {
      if (!store.packages.has(hash)) return ends(exits.noRelease);
      if (!isComplete(store, release) && store.current !== release) store.folders.delete(release);
      if (store.folders.has(release)) return ends(exits.inTheWay);
      store.folders.add(release);
      return ok();
    }),
  ],
  [
    finishScript,
    locked(1, (store, { args: [release = ""], text }) => {
      if (!store.folders.has(release)) return ends(exits.noRelease);
      store.failed.delete(release);
      store.records.set(release, text);
      return ok();
    }),
  ],
  [
    recordScript,
    locked(1, (store, { args: [release = ""], text }) => {
      if (!isComplete(store, release)) return ends(exits.noRelease);
      store.records.set(release, text);
      return ok();
    }),
  ],
  [
    failScript,
    locked(1, (store, { args: [release = ""], text }) => {
      store.failed.set(release, text);
      if (!store.records.has(release) && store.folders.delete(release))
        store.folders.add(`.${release}.failed`);
      return ok();
    }),
  ],
  [
    pinScript,
    (store, { args: [release = "", wanted] }) => {
      if (!isComplete(store, release)) return ends(exits.noRelease);
      if (wanted) store.pins.add(release);
      else store.pins.delete(release);
      return ok();
    },
  ],
  [
    switchScript,
    locked(1, (store, asked) => {
      const [release = ""] = asked.args;
      if (!isComplete(store, release)) return ends(exits.noRelease);
      serve(store, release, asked);
      return ok();
    }),
  ],
  [
    settleScript,
    locked(0, (store, { args: [, settled, target = ""] }) => {
      store.unsettled = settled ? undefined : target;
      return ok();
    }),
  ],
  [
    goBackScript,
    locked(1, (store, asked) => {
      const [release = "", , before = ""] = asked.args;
      if (before !== "" && !isComplete(store, before)) return ends(exits.noRelease);
      store.failed.set(release, asked.text);
      store.records.delete(release);
      if (store.current !== release) return ok();
      if (before !== "") serve(store, before, asked);
      else store.current = undefined;
      return ok();
    }),
  ],
  [
    removeScript,
    locked(0, (store, { words }) => {
      for (const word of words) remove(store, word);
      return ok();
    }),
  ],
]);
