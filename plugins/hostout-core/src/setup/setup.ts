import type { HostContext, HostOutcome, Next, Outcome, SiteContext } from "@hostout/kit";
import { agreedCell, plannedCell } from "./change/look-at-host.ts";
import { agree } from "./parts.ts";

/** Prints the changes of all hosts, asks once, and then makes them. Makes none where nothing is missing. */
export async function setUp(context: SiteContext, next: Next): Promise<Outcome> {
  const { hosts = [] } = await context.call("setup-plan");
  const changed = hosts.filter(hasChanges);
  if (changed.length === 0) return { status: "unchanged", note: "nothing is missing" };
  if (context.dryRun) return { status: "ok", note: "nothing was changed" };
  await agree(
    context,
    `setup of ${context.site.name} on ${changed.map(({ host }) => host).join(", ")}`,
    "setup",
  );
  return next();
}

const hasChanges = ({ value }: HostOutcome) => Array.isArray(value) && value.length > 0;

/** Lets the steps of one host make the changes that were printed, without a further question. */
export function takeAgreed({ shared }: Pick<HostContext, "shared">, next: Next): Promise<Outcome> {
  const planned = shared.get(plannedCell);
  if (planned) shared.set(agreedCell, planned);
  return next();
}
