import type { Account, TaskOutput } from "@hostout/kit";
import type { SudoState } from "./become.ts";
import { startAs } from "./become.ts";
import type { Process, Transport } from "./transport.ts";

/** A machine as the connection of one task sees it. */
export interface Machine {
  readonly name: string;
  readonly signal: AbortSignal;
  readonly output: TaskOutput;
  /** User names of the accounts; undefined: whoever logged in. */
  readonly accounts: Readonly<Record<Account, string | undefined>>;
  /** Logs in at the first call. */
  readonly transport: () => Promise<Transport>;
  readonly sudo: SudoState;
  /** What was found out of this machine, kept for the run. */
  readonly found: Map<string, Promise<boolean>>;
  /** Of commands without a time of their own. */
  readonly timeoutMs?: number | undefined;
  /** Does something there when the run is over. */
  readonly atEnd: (work: () => Promise<void>) => void;
}

/**
 * Starts a shell line with an account's rights. What it starts has the mark of its task in the environment.
 *
 * @param settings `hasInput`: without, a line with another account's rights comes to its shell a round trip earlier. `background`: no other
 * command waits for its end
 */
export async function startOn(
  machine: Machine,
  account: Account,
  line: string,
  {
    hasInput = true,
    background,
  }: { readonly hasInput?: boolean; readonly background?: boolean | undefined } = {},
): Promise<Process> {
  const transport = await machine.transport();
  const mark = `HOSTOUT_TASK=${machine.output.mark}; export HOSTOUT_TASK; `;
  const user = machine.accounts[account] ?? transport.user;
  return user === transport.user
    ? transport.start(`${mark}${line}`, { background })
    : startAs(transport, { user, line, mark, hasInput, background }, machine.sudo);
}
