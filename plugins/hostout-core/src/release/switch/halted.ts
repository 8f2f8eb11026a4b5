import { cell, findCommand } from "@hostout/kit";
import { haltedValues } from "../values/cells.ts";
import type { OnHost, ReleaseOptions } from "../values/release-options.ts";

/** Commands that may stop a site. */
type Halting = "pre-commands" | "stop";

/** The value of a command that may stop a site. A run that resumes this one then knows it too. */
export const haltedValue = { halted: true };

const haltedCell = cell<ReadonlySet<Halting>>("hostout-core/halted");

/** Which of the commands that may stop the site this run has begun, and has not started the site since. */
export function haltedBy({ shared }: OnHost): ReadonlySet<Halting> {
  return shared.get(haltedCell) ?? new Set();
}

/** Marks a command that may stop the site as begun. */
export function halt(context: OnHost, by: Halting): void {
  context.shared.set(haltedCell, new Set([...haltedBy(context), by]));
}

/** Marks the site as started. The site may run, and no command counts as stopped. */
export function unhalt({ shared }: OnHost): void {
  shared.set(haltedCell, new Set());
}

/** Whether this run has run lines that stop or start the site, with the rights that takes. */
export function hasRunLines({ shared }: OnHost): boolean {
  return shared.has(haltedCell);
}

/** Whether pre-commands are how a file stops its site: they say so, and nothing else does. A backup stops nothing. */
function preCommandsStop({ preCommands = [], stopCmd }: ReleaseOptions): boolean {
  return !stopCmd && preCommands.some((line) => /stop|shutdown|kill|down\b/i.test(line));
}

const goingLive = cell<true>("hostout-core/going-live");

/** Marks that the site is about to be stopped and switched, by whatever command of whatever plugin. */
export function markGoingLive({ shared }: OnHost): void {
  shared.set(goingLive, true);
}

/**
 * Whether this run, or the one that it resumes, may have stopped the site and not started it since. Only then is the site started
 * again without a switch.
 */
export function mayBeHalted(context: OnHost): boolean {
  const { options, shared, resultOf, site } = context;
  const isHalting = (by: Halting) => by === "stop" || preCommandsStop(options);
  if (shared.has(haltedCell)) return [...haltedBy(context)].some(isHalting);
  if (
    (["stop", "pre-commands"] as const).some(
      (by) => resultOf(haltedValues[by]) !== undefined && isHalting(by),
    )
  )
    return true;
  // Another plugin's stop need not call the one below it, and does not say what it did.
  const isOurs = findCommand(site, "stop")?.layers.every(
    ({ plugin, command }) =>
      plugin.name === "hostout-core" || !(command.run || command.runOnce || command.steps),
  );
  return !isOurs && shared.has(goingLive);
}
