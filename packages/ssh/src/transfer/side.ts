import type { Account, SyncRequest } from "@hostout/kit";
import { succeeds } from "../command/execute.ts";
import type { Machine } from "../command/machine.ts";

/** One end of a transfer: a machine, and the account whose rights apply there. */
export interface Side {
  readonly machine: Machine;
  readonly account: Account;
}

/** Returns whether the source is a folder (then its content is copied) or one file. */
export function isSourceFolder(local: Side, remote: Side, request: SyncRequest): Promise<boolean> {
  const { machine, account } = request.direction === "push" ? local : remote;
  const path = request.direction === "push" ? request.local : request.remote;
  return succeeds(machine, account, ["test", "-d", path]);
}
