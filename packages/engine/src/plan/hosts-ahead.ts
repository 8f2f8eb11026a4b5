import type { Target } from "@hostout/kit";
import type { PlanGroup, PlannedCommand } from "./plan.ts";
import { walk } from "./walk.ts";

/** Whether a command logs in by itself, with a login that the site's own may depend on. */
export function logsInItself({ layers }: PlannedCommand): boolean {
  return layers.some(({ command }) => command.ownLogin);
}

/**
 * Finds the hosts that a group reaches only after work on this machine. hostout can open their sessions
 * during that work. Returns none where the work starts on the hosts, or never reaches them.
 */
export function hostsAhead({ commands, targets }: PlanGroup): readonly Target[] {
  if (commands.some(logsInItself)) return [];
  const forms = [...walk(commands, { roles: ["before", "step"] })].flatMap(({ layer }) =>
    layer?.form === "run" || layer?.form === "runOnce" ? [layer.form] : [],
  );
  return forms[0] === "runOnce" && forms.includes("run") ? targets : [];
}
