import {
  isPlannedList,
  isWanted,
  makePlan,
  type Plan,
  type PlannedStep,
  type Request,
  readInvocation,
} from "@hostout/engine";
import { formatOrigin, HostoutError, missingNeeds, type Site } from "@hostout/kit";
import type { Finding } from "../config/lint.ts";
import { siteFindings } from "../config/site-findings.ts";
import { declaringCommand } from "../line/declaring-command.ts";

/** A request that can be run as far as can be told without its hosts, and what is probably not meant. */
export interface CheckedRequest {
  readonly plan: Plan;
  readonly warnings: readonly HostoutError[];
}

/**
 * Checks all that can be checked before a host is touched, for all sites together.
 *
 * @throws HostoutError one that tells all faults
 */
export function checkRequest(request: Request): CheckedRequest {
  const sites = [...new Set(request.targets.map(({ site }) => site))];
  const findings = sites.flatMap(siteFindings).map((finding) => ({ ...finding, error: asFault(finding) }));
  const errors = findings.filter(({ severity }) => severity === "error").map(({ error }) => error);
  const plan = makePlan(request);
  throwTogether([...errors, ...(errors.length > 0 ? [] : missingOptions(plan))]);
  for (const { commands } of plan.groups)
    for (const { name, layers, invocation } of commands)
      readInvocation(name, declaringCommand(layers), invocation);
  return {
    plan,
    warnings: findings.filter(({ severity }) => severity === "warning").map(({ error }) => error),
  };
}

function asFault({ message, origin, hint }: Finding): HostoutError {
  return new HostoutError({ code: "bad-option", message, origin, hint });
}

/** What commands of the plan cannot do without, steps that are to be skipped left out. */
function missingOptions(plan: Plan): readonly HostoutError[] {
  const found = new Map<string, HostoutError>();
  const visit = (site: Site, step: PlannedStep) => {
    if (isPlannedList(step)) {
      for (const one of step.steps) visit(site, one);
      return;
    }
    if (!isWanted(step, site)) return;
    for (const { plugin, command, form, steps, hooks } of step.layers) {
      if (form !== "hooks")
        for (const error of missingNeeds(site, plugin, command.needs ?? [])) found.set(error.message, error);
      for (const one of [...steps, ...(hooks?.before ?? []), ...(hooks?.after ?? [])]) visit(site, one);
    }
  };
  for (const { targets, commands } of plan.groups)
    for (const site of new Set(targets.map((target) => target.site)))
      for (const command of commands) visit(site, command);
  return [...found.values()];
}

function throwTogether(errors: readonly HostoutError[]): void {
  const [first, ...others] = errors;
  if (!first) return;
  if (others.length === 0) throw first;
  const rows = errors.flatMap(({ message, origin, hint }) => [
    `  ${message}${origin ? ` (${formatOrigin(origin)})` : ""}`,
    ...(hint ? [`    try: ${hint}`] : []),
  ]);
  throw new HostoutError({
    code: first.code,
    message: `${errors.length} things are wrong:\n${rows.join("\n")}`,
  });
}
