import type { Readable } from "node:stream";
import type { Connection } from "@hostout/kit";
import { exits } from "../script/exits.ts";
import { formatGiven, type Given, readGiven } from "../script/given.ts";
import type { KnownState } from "../state/known-state.ts";
import type { StoreState } from "../state/store-state.ts";
import type { RenewableLock as Lock } from "./lock.ts";
import { exitOf, type StorePlace, storeError } from "./store-error.ts";

/** The input of a script, and its effect on the state. */
export interface Change extends Given {
  /** Receives the answer of the script too. */
  readonly effect?: (before: StoreState, said: string) => StoreState;
}

/** Returns functions that run the scripts of a store. Each throws the errors of `storeError`. */
export function storeScripts(connection: Connection, place: StorePlace, known: KnownState) {
  const words = (script: string, more: readonly string[]) => [
    "sh",
    "-c",
    script,
    "hostout",
    place.path,
    ...more,
  ];
  const run = async (script: string, more: readonly string[], input?: Readable | string): Promise<string> => {
    try {
      return (await connection.run(words(script, more), { quiet: true, input })).stdout;
    } catch (error) {
      throw storeError(error, place, more[0] ?? "");
    }
  };
  // A script that finds the lock lost has changed nothing. If nobody else had the lock meanwhile, the script runs
  // again.
  const changeAndHear = async (
    lock: Lock,
    script: string,
    more: (token: string) => readonly string[],
    { effect, ...given }: Change = {},
  ): Promise<string> => {
    const input = inputOf(script, given);
    let said: string;
    try {
      said = await run(script, more(lock.token), input);
    } catch (error) {
      // The next question asks the host how far the script came.
      known.change();
      lock.heard(false);
      if (!(error instanceof Error) || exitOf(error.cause) !== exits.lockLost || !(await lock.renew()))
        throw error;
      said = await run(script, more(lock.token), input);
    }
    known.change(effect && ((state) => effect(state, said)));
    lock.heard(true);
    return said;
  };
  const change = async (...what: Parameters<typeof changeAndHear>): Promise<void> => {
    await changeAndHear(...what);
  };
  const ask = async (
    script: string,
    more: readonly string[] = [],
    { none = "", ...given }: Given & { readonly none?: string } = {},
  ): Promise<string> => {
    try {
      return await connection.capture(words(script, more), { input: inputOf(script, given) });
    } catch (error) {
      if (exitOf(error) === exits.noFolder) return none;
      throw storeError(error, place, more[0] ?? "");
    }
  };
  return { words, run, ask, change, changeAndHear };
}

/**
 * Returns an input only for a script that reads one. With another account's rights an input arrives a round trip later
 * than its script.
 */
const inputOf = (script: string, given: Given) =>
  script.includes(readGiven) ? formatGiven(given) : undefined;
