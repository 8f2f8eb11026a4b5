import type { Account, SyncRequest } from "@hostout/kit";
import { succeeds } from "../command/execute.ts";
import type { Machine } from "../command/machine.ts";

/** A machine with the rights that are used on it: one of the two ends of a transfer. */
export interface Side {
  readonly machine: Machine;
  readonly account: Account;
}

/** Whether what is copied is a folder (then its content is meant) or one file. */
export function isSourceFolder(local: Side, remote: Side, request: SyncRequest): Promise<boolean> {
  const { machine, account } = request.direction === "push" ? local : remote;
  const path = request.direction === "push" ? request.local : request.remote;
  return succeeds(machine, account, ["test", "-d", path]);
}
