import {
  type Account,
  type AccountRole,
  type Process,
  quote,
  type TaskOutput,
  type Transport,
} from "@hostout/kit";
import type { SudoState } from "./become.ts";
import { startAs } from "./become.ts";
import { runsLine, withLine } from "./hidden-line.ts";

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

/**
 * Starts a shell line with an account's rights. Its processes have the mark of their task in the environment:
 * HOSTOUT_TASK, or HOSTOUT_LOCK in the background.
 *
 * @param settings `hasInput`: without it, a line with another account's rights reaches its shell a round trip earlier.
 * `background`: no other
 * command waits for its end. `leavesRunning`: only the shell of the line has the mark, and none of its processes
 */
export async function startOn(
  machine: Machine,
  account: Account,
  line: string,
  {
    hasInput = true,
    background,
    leavesRunning = false,
  }: {
    readonly hasInput?: boolean;
    readonly background?: boolean | undefined;
    readonly leavesRunning?: boolean | undefined;
  } = {},
): Promise<Process> {
  const transport = await machine.transport();
  const variable = background ? "HOSTOUT_LOCK" : "HOSTOUT_TASK";
  const mark = `${variable}=${machine.output.mark}; export ${variable}; `;
  const text = leavesRunning ? withoutMark(line) : line;
  const user = userOf(machine, account) ?? transport.user;
  const process = await (user === transport.user
    ? transport.start(`${mark}${text}`, { background })
    : startAs(transport, { user, line: text, mark, hasInput, background }, machine.sudo));
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
