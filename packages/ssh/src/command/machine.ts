import {
  type Account,
  type AccountRole,
  type Process,
  quote,
  type TaskOutput,
  type Transport,
} from "@hostout/kit";
import type { SharedScript } from "../shell/frame.ts";
import { runsLine, withLine } from "../shell/hidden-line.ts";
import type { SharedProcess } from "../shell/run-in-shell.ts";
import type { SharedShells } from "../shell/shared-shell.ts";
import type { SudoState } from "./become.ts";
import { startAs } from "./become.ts";

/** A machine as the connection of one task sees it. */
export interface Machine {
  readonly name: string;
  readonly signal: AbortSignal;
  readonly output: TaskOutput;
  /** User names of the accounts. Undefined: the login user. */
  readonly accounts: Readonly<Record<AccountRole, string | undefined>>;
  /** Logs in at the first call. */
  readonly transport: () => Promise<Transport>;
  readonly sudo: SudoState;
  /** Answers about this machine, kept for the run. */
  readonly found: Map<string, Promise<boolean>>;
  /** Undefined: each command gets a shell of its own. */
  readonly shells?: SharedShells | undefined;
  /** The time limit of commands without a limit of their own. */
  readonly timeoutMs?: number | undefined;
  /** Does work on the machine at the end of the run. */
  readonly atEnd: (work: () => Promise<void>) => void;
}

/** Asks a machine a question once a run for each account. A failed question is asked again: another account may succeed. */
export function findOnce(
  { accounts, found }: Pick<Machine, "accounts" | "found">,
  account: Account,
  what: string,
  ask: () => Promise<boolean>,
): Promise<boolean> {
  const key = JSON.stringify([what, userOf({ accounts }, account)]);
  const known = found.get(key);
  if (known) return known;
  const asked = ask();
  found.set(key, asked);
  asked.catch(() => found.delete(key));
  return asked;
}

/** Returns the name of an account on a machine. Undefined: the login user. */
export function userOf({ accounts }: Pick<Machine, "accounts">, account: Account): string | undefined {
  return typeof account === "string" ? accounts[account] : account.user;
}

interface LineSettings {
  /** Without it, a line with another account's rights reaches its shell a round trip earlier. */
  readonly hasInput?: boolean | undefined;
  /** No other command waits for its end. */
  readonly background?: boolean | undefined;
  /** Only the shell of the line has the mark, and none of its processes. */
  readonly leavesRunning?: boolean | undefined;
  /** The same command for a shell that runs already, if it may share one. */
  readonly shared?: SharedScript | undefined;
}

/**
 * Starts a shell line with an account's rights. Its processes have the mark of their task in the environment:
 * HOSTOUT_TASK, or HOSTOUT_LOCK in the background.
 */
export async function startOn(
  machine: Machine,
  account: Account,
  line: string,
  { hasInput = true, background, leavesRunning = false, shared }: LineSettings = {},
): Promise<Process & Pick<SharedProcess, "isWhole">> {
  const transport = await machine.transport();
  const variable = background ? "HOSTOUT_LOCK" : "HOSTOUT_TASK";
  const mark = `${variable}=${machine.output.mark}; export ${variable}; `;
  const user = userOf(machine, account) ?? transport.user;
  const startIn = (mark: string, line: string, how: Pick<LineSettings, "hasInput" | "background">) =>
    user === transport.user
      ? transport.start(`${mark}${line}`, { background: how.background })
      : startAs(transport, { user, line, mark, ...how }, machine.sudo);
  // The shell outlives the task of its first script, and has no mark.
  const begin = (text: string) => startIn("", text, { hasInput: true, background: true });
  const script = shared && { ...shared, line: `${mark}${shared.line}` };
  const process =
    (script && (await machine.shells?.start(user, script, begin, machine.signal))) ??
    (await startIn(mark, leavesRunning ? withoutMark(line) : line, { hasInput, background }));
  // A command that reads nothing may end before its input, over any transport.
  process.stdin.on("error", () => undefined);
  return process;
}

/**
 * Runs the line in a shell that has not even begun with the mark. The children of a shell get the environment with
 * which the shell began.
 */
function withoutMark(line: string): string {
  return `${withLine(line)}unset HOSTOUT_TASK; /bin/sh -c ${quote(runsLine)}
exit`;
}
