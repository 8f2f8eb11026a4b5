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
}

/** Starts a shell line with an account's rights. */
export async function startOn(machine: Machine, account: Account, line: string): Promise<Process> {
  const transport = await machine.transport();
  const user = machine.accounts[account] ?? transport.user;
  return user === transport.user ? transport.start(line) : startAs(transport, user, line, machine.sudo);
}
