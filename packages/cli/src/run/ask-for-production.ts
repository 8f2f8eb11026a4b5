import type { Plan } from "@hostout/engine";
import { type Ask, HostoutError, type Site, type Target } from "@hostout/kit";
import { isReadOnly } from "../journal/is-read-only.ts";
import { environmentOf, isProduction } from "../project/environment.ts";

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

function placesOf(targets: readonly Target[]): string {
  const sites = new Map<Site, string[]>();
  for (const { site, host } of targets) sites.set(site, [...(sites.get(site) ?? []), host.name]);
  return [...sites]
    .map(
      ([site, hosts]) => `${site.name} on ${hosts.length > 5 ? `${hosts.length} hosts` : hosts.join(", ")}`,
    )
    .join("; ");
}
