import type { Target } from "@hostout/kit";
import type { PlanGroup } from "./plan.ts";
import { walk } from "./walk.ts";

/**
 * The hosts that a group reaches after work on this machine: their sessions can be opened meanwhile. None where the work begins on the
 * hosts, or never reaches them.
 */
export function hostsAhead({ commands, targets }: PlanGroup): readonly Target[] {
  const forms = [...walk(commands, { roles: ["before", "step"] })].flatMap(({ layer }) =>
    layer?.form === "run" || layer?.form === "runOnce" ? [layer.form] : [],
  );
  return forms[0] === "runOnce" && forms.includes("run") ? targets : [];
}
