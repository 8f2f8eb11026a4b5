import { setTimeout as sleep } from "node:timers/promises";
import { type Command, isShellLine } from "@hostout/kit";
import { awaitScript } from "../../../packages/releases/src/host/lock-scripts.ts";
import { exits } from "../../../packages/releases/src/script/exits.ts";
import { takeTextAndWords } from "../../../packages/releases/src/script/given.ts";
import { type Ended, ends, ok, scripts, state } from "./model-scripts.ts";
import type { ModelStore } from "./model-store.ts";

/** The words of a script of the store, or of the look that resume takes, else undefined. */
function scriptOf(command: Command): { readonly text: string; readonly args: readonly string[] } | undefined {
  if (isShellLine(command) || command[0] !== "sh" || command[1] !== "-c") return undefined;
  return { text: command[2] ?? "", args: command.slice(5) };
}

/** What `resume` asks: the clock, where `current` leads, twice, and the switches. */
function saidToResume(store: ModelStore, now: string): string {
  const folder = store.current === undefined ? "" : `/srv/site/releases/${store.current}`;
  const link = store.current === undefined ? "" : `releases/${store.current}`;
  const log = store.log.map(({ at, release, who }) => `${at}\t${release}\t${who}`);
  return [now, link, folder, ...log].join("\n");
}

/** Runs a command on the host of a store. @throws where it is none that the model knows */
export async function answer(
  store: ModelStore,
  command: Command,
  input: string,
  at: () => string,
): Promise<Ended> {
  const asked = scriptOf(command);
  if (!asked) {
    const text = isShellLine(command) ? command.text : command.join(" ");
    if (text === "pwd") return ok("/srv");
    if (text.startsWith("test -d ")) return store.current === undefined ? ends(1) : ok();
    if (/true (?:stop|start|verify|build)-it/.test(text)) return ok();
    throw new Error(`the model knows no command ${text}`);
  }
  const { text, args } = asked;
  const lines = input.split("\n").slice(0, -2);
  const linesOf = (mark: string) => lines.flatMap((line) => (line.startsWith(mark) ? [line.slice(1)] : []));
  const both = text.includes(takeTextAndWords);
  const given = {
    args,
    text: (both ? linesOf("t") : lines).join("\n"),
    words: both ? linesOf("w") : lines,
    at,
  };
  if (text === awaitScript) return awaitLock(store, args[0] ?? "");
  const script = scripts.get(text);
  if (script) return script(store, given);
  if (text.includes("HOSTOUT_TASK") || text.includes("/proc/")) return ok();
  if (text.includes(".hostout/served.log")) return ok(saidToResume(store, at()));
  throw new Error(`the model knows no script ${text}`);
}

/** Others hold it for a moment, or the process that is to hold it has not begun. */
async function awaitLock(store: ModelStore, token: string): Promise<Ended> {
  for (let tries = 0; tries < 20; tries++) {
    if (!store.isMade) return ends(exits.noFolder);
    if (store.holder?.token === token) return ok(`${state(store)}end\n`);
    await sleep(0);
  }
  return ends(exits.lockLost);
}
