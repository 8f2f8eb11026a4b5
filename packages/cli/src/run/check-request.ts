import { makePlan, type Plan, type Request, readInvocation, walk } from "@hostout/engine";
import { commandWords, formatOrigin, HostoutError, missingNeeds } from "@hostout/kit";
import type { Finding } from "../config/lint.ts";
import { sharedPaths } from "../config/shared-paths.ts";
import { siteFindings } from "../config/site-findings.ts";

/** A request that passed every check that needs no host, with warnings about probable mistakes. */
export interface CheckedRequest {
  readonly plan: Plan;
  readonly warnings: readonly HostoutError[];
}

/**
 * Makes every check that needs no host, for all sites together.
 *
 * @throws HostoutError a single error with all faults
 */
export function checkRequest(request: Request): CheckedRequest {
  const sites = [...new Set(request.targets.map(({ site }) => site))];
  const findings = sites.flatMap(siteFindings).map((finding) => ({ ...finding, error: asFault(finding) }));
  const errors = findings.filter(({ severity }) => severity === "error").map(({ error }) => error);
  const plan = makePlan(request);
  const shared = switches(plan) ? sharedPaths(sites, "error").map(asFault) : [];
  throwTogether([...errors, ...shared, ...(errors.length > 0 ? [] : missingOptions(plan))]);
  for (const { commands } of plan.groups)
    for (const { name, layers, invocation } of commands)
      readInvocation(name, commandWords(layers), invocation);
  return {
    plan,
    warnings: findings.filter(({ severity }) => severity === "warning").map(({ error }) => error),
  };
}

/** Whether a plan makes releases live. */
function switches({ groups }: Plan): boolean {
  return groups.some(({ commands }) =>
    [...walk(commands)].some((visit) => visit.layer && ["activate", "rollback"].includes(visit.command.name)),
  );
}

function asFault({ message, origin, hint }: Finding): HostoutError {
  return new HostoutError({ code: "bad-option", message, origin, hint });
}

/** Returns the options that commands of the plan need and their sites lack. Commands after a failure count too. */
function missingOptions(plan: Plan): readonly HostoutError[] {
  const found = new Map<string, HostoutError>();
  for (const { targets, commands } of plan.groups)
    for (const site of new Set(targets.map((target) => target.site)))
      for (const { layer } of walk(commands, { site }))
        if (layer)
          for (const error of missingNeeds(site, layer.plugin, layer.command.needs ?? []))
            found.set(error.message, error);
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
