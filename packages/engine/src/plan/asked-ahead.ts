import type { Target } from "@hostout/kit";
import { logsInItself } from "./hosts-ahead.ts";
import type { Plan } from "./plan.ts";

/** Finds the hosts whose login may ask its questions before the run. A command that logs in by itself asks later. */
export function askedAhead({ groups }: Plan): readonly Target[] {
  return groups.filter(({ commands }) => !commands.some(logsInItself)).flatMap(({ targets }) => targets);
}
