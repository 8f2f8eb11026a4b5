import { type Plan, type PlannedCommand, type PlannedLayer, walk } from "@hostout/engine";
import type { Ask } from "@hostout/kit";
import { HostoutError, type Site, type Target } from "@hostout/kit";

/** Checks whether an environment is production. hostout asks before it changes one. */
export function isProduction(environment: string | undefined): boolean {
  return /^prod(uction)?$/i.test(environment ?? "");
}

/** Returns the environment of a site; undefined if the configuration does not set it. */
export function environmentOf({ values }: Site): string | undefined {
  return values.get("environment")?.text || undefined;
}

interface Consent {
  readonly plan: Plan;
  /** Whether the line has --yes. */
  readonly yes: boolean;
  readonly ask: Ask | undefined;
}

/**
 * Asks before a command changes production.
 *
 * @throws HostoutError `no-input` if nobody can be asked, or the answer is no
 */
export async function askForProduction({ plan, yes, ask }: Consent): Promise<void> {
  if (yes) return;
  const groups = plan.groups.filter(({ commands }) => !commands.every(isReadOnly));
  const targets = groups
    .flatMap((group) => group.targets)
    .filter(({ site }) => isProduction(environmentOf(site)));
  if (targets.length === 0) return;
  const what = [...new Set(groups.flatMap(({ commands }) => commands.map(({ name }) => name)))].join(" ");
  const where = `production: ${placesOf(targets)}`;
  if (!ask) {
    throw new HostoutError({
      code: "no-input",
      message: `${what} would act on ${where}; nobody can be asked`,
      hint: "Add --yes if it is meant.",
    });
  }
  if (await ask.confirm(`This acts on ${where}. ${what}?`)) return;
  throw new HostoutError({
    code: "no-input",
    message: `nothing was done: ${what} was not meant for ${where}`,
  });
}

/** Checks that no command of a plan changes its hosts. */
export function isReadOnlyPlan({ groups }: Plan): boolean {
  return groups.every(({ commands }) => commands.every(isReadOnly));
}

/**
 * Checks that a command changes nothing: each of its layers is declared read-only, or consists of read-only
 * steps.
 */
export function isReadOnly(command: PlannedCommand): boolean {
  const enters = (layer: PlannedLayer) => layer.command.readOnly !== true || layer.form === "hooks";
  const roles = ["before", "step", "after", "failure"] as const;
  for (const { layer } of walk([command], { roles, enters })) {
    if (!layer || layer.form === "hooks" || layer.command.readOnly === true) continue;
    if (layer.form !== "steps" || layer.steps.length === 0) return false;
  }
  return true;
}

function placesOf(targets: readonly Target[]): string {
  const sites = new Map<Site, string[]>();
  for (const { site, host } of targets) sites.set(site, [...(sites.get(site) ?? []), host.name]);
  return [...sites]
    .map(
      ([site, hosts]) => `${site.name} on ${hosts.length > 5 ? `${hosts.length} hosts` : hosts.join(", ")}`,
    )
    .join("; ");
}
