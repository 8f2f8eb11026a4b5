import type { SyncRequest, SyncResult } from "@hostout/kit";
import { execute } from "../command/execute.ts";
import { findOnce, type Machine } from "../command/machine.ts";
import type { Side } from "./side.ts";
import { syncWithRsync } from "./sync-rsync.ts";
import { syncWithTar } from "./sync-tar.ts";

/** Makes one tree like another: with rsync if both machines have it, else with tar. */
export async function sync(remote: Side, here: Machine, request: SyncRequest): Promise<SyncResult> {
  const local: Side = {
    machine: { ...here, output: remote.machine.output },
    account: request.localAccount ?? "login",
  };
  const both = await Promise.all([hasRsync(local), hasRsync(remote)]);
  return both.every(Boolean) ? syncWithRsync(local, remote, request) : syncWithTar(local, remote, request);
}

/** Returns whether a machine has rsync. HOSTOUT_NO_RSYNC=1 on this machine denies it. */
function hasRsync({ machine, account }: Side): Promise<boolean> {
  return findOnce(machine, account, "rsync", async () => {
    const words = ["sh", "-c", '[ "$HOSTOUT_NO_RSYNC" != 1 ] && command -v rsync'];
    return (await execute(machine, account, words, { quiet: true })).code === 0;
  });
}
