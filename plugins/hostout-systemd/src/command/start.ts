import type { Next, Outcome } from "@hostout/kit";
import { withProof } from "@hostout/releases";
import { type Administrator, administrator } from "../host/administrator.ts";
import { scriptError } from "../host/script-error.ts";
import { startScript } from "../host/scripts.ts";
import type { OnHost } from "../options.ts";
import { lastingServices, namesOf } from "../unit/unit.ts";
import { installUnits, type UnitChanges } from "./install-units.ts";
import { hasLines } from "./own-lines.ts";
import { startedCell, unitsOfRelease, type Wanted } from "./units-of-release.ts";
import { hasUnits } from "./wanted-units.ts";

/** Installs the units of the live release and starts them, then runs the lines of the site that start more. */
export async function start(context: OnHost, next: Next): Promise<Outcome> {
  if (!hasUnits(context)) return next();
  const admin = await administrator(context);
  const { served, foreign } = await admin.store.state();
  if (served === undefined && foreign === undefined && !context.dryRun)
    return { status: "skipped", note: "no release is live" };
  warnOfRoot(context);
  const outcome = await withProof(context, admin.store, async (): Promise<Outcome> => {
    const state = await admin.store.state();
    const wanted = await unitsOfRelease(context, state, admin);
    const changes = await installUnits(context, admin, wanted, state);
    await startUnits(context, admin, wanted, changes);
    context.shared.set(startedCell, true);
    return { status: "ok", note: lastingServices(wanted.units).join(", ") };
  });
  if (hasLines(context, "start-cmd", "post-commands")) await next();
  return outcome;
}

/** Starts the sockets and timers, and restarts the services: all, or only those of changed units. */
export async function startUnits(
  context: OnHost,
  { remote, words }: Administrator,
  { units }: Pick<Wanted, "units">,
  { changed }: UnitChanges,
  { onlyChanged = false } = {},
): Promise<void> {
  const isNew = (name: string) => changed.includes(name);
  const marked = (kind: string) => (name: string) => `${isNew(name) ? "new-" : ""}${kind}:${name}`;
  const sockets = namesOf(units, "socket");
  const services = lastingServices(units).filter(
    (name) => !onlyChanged || isNew(name) || isNew(name.replace(/service$/, "socket")),
  );
  const all = [
    ...sockets.map(marked("socket")),
    ...namesOf(units, "timer").map(marked("timer")),
    ...services.map((name) => `service:${name}`),
  ];
  if (all.length === 0) return;
  try {
    await remote.run(words(startScript, ...all), { title: `start ${services.join(", ") || "the units"}` });
  } catch (error) {
    throw scriptError(context, error);
  }
}

function warnOfRoot({ site, options, remote, warn }: OnHost): void {
  if (options.serviceScope === "user" || remote.as("effective").user !== "root") return;
  warn(`the services run as root. Name the account for them in [${site.name}]: effective-user = …`);
}
