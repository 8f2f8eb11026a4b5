import { isPlannedList, type Plan, type PlannedStep } from "@hostout/engine";
import { HostoutError } from "@hostout/kit";
import type { GlobalFlags } from "./global-flags.ts";

/** Flags of rolling parts, on a line that has none: who gives them believes that hosts follow each other. */
export function idleFlags(
  { batch, canary, pauseSeconds }: GlobalFlags,
  { groups }: Plan,
): readonly HostoutError[] {
  const given = Object.entries({ batch, canary, pause: pauseSeconds }).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`],
  );
  const commands = groups.flatMap((group) => group.commands);
  if (given.length === 0 || commands.some(mayRoll)) return [];
  const names = [...new Set(commands.map(({ name }) => `'${name}'`))].join(", ");
  return [
    new HostoutError({
      code: "usage",
      message: `${given.join(", ")} ${given.length > 1 ? "do" : "does"} nothing here: no part of ${names} goes batch by batch`,
      hint: "--jobs says how many hosts work at a time; --hosts takes some of them.",
    }),
  ];
}

/** What runs once for a site may call what rolls. */
function mayRoll(step: PlannedStep): boolean {
  if (isPlannedList(step)) return step.rolling || step.steps.some(mayRoll);
  return step.layers.some(({ command, form, steps, hooks }) => {
    const around = [...(hooks?.before ?? []), ...(hooks?.after ?? [])];
    return (form === "runOnce" && !command.aroundOnce) || [...steps, ...around].some(mayRoll);
  });
}
