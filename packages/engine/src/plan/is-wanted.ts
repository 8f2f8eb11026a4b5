import { readOptions, type Site } from "@hostout/kit";
import type { PlannedCommand } from "./plan.ts";

/**
 * Whether a command runs on a site: its step names no option, or an option that is true there.
 *
 * @throws HostoutError `bad-option` with the place of the value
 */
export function isWanted({ when }: PlannedCommand, site: Site): boolean {
  if (!when) return true;
  const values: Readonly<Record<string, unknown>> = readOptions(site, when.plugin.options);
  return values[when.option] === true;
}
