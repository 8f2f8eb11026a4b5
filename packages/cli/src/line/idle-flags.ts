import { type Plan, type PlannedCommand, walk } from "@hostout/engine";
import { HostoutError } from "@hostout/kit";
import { globalFlagTable } from "./global-flag-table.ts";
import type { GlobalFlags } from "./global-flags.ts";

/**
 * Returns a warning about flags for batches if no command of the line runs in batches. The user of such a flag
 * expects hosts to follow each other.
 */
export function idleFlags(flags: GlobalFlags, { groups }: Plan): readonly HostoutError[] {
  const given = globalFlagTable.flatMap((flag) =>
    "rolling" in flag && flags[flag.setting] !== undefined ? [flag.name] : [],
  );
  const commands = groups.flatMap((group) => group.commands);
  if (given.length === 0 || commands.some(mayRoll)) return [];
  const names = [...new Set(commands.map(({ name }) => `'${name}'`))].join(", ");
  return [
    new HostoutError({
      code: "usage",
      message: `${given.join(", ")} ${given.length > 1 ? "do" : "does"} nothing here: no part of ${names} runs in batches`,
      hint: "--jobs limits the hosts that work at a time; --hosts selects some of them.",
    }),
  ];
}

/** Checks whether a command may run in batches. A command that runs once for a site may call such a command. */
function mayRoll(command: PlannedCommand): boolean {
  return [...walk([command], { roles: ["before", "step", "after"] })].some(
    ({ list, layer }) =>
      list?.rolling === true || (layer?.form === "runOnce" && layer.command.aroundOnce === undefined),
  );
}
