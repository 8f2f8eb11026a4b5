import type { Outcome } from "@hostout/kit";
import { type StoreState, withProof } from "@hostout/releases";
import { type Administrator, administrator } from "../host/administrator.ts";
import type { OnHost } from "../options.ts";
import { installUnits } from "./install-units.ts";
import { startUnits } from "./start.ts";
import { configuringCell, startedCell, unitsOfRelease, type Wanted } from "./units-of-release.ts";

/**
 * Gives the live release the units of the configuration, and restarts the services whose unit changed. A deploy ends with
 * it: where the release is live already, a unit may still differ from the configuration.
 */
export async function services(context: OnHost): Promise<Outcome> {
  if (context.shared.has(startedCell))
    return { status: "unchanged", note: "the units are those of the release", detail: true };
  const admin = await administrator(context);
  const state = await admin.store.state();
  if (state.served === undefined && state.foreign === undefined)
    return { status: "skipped", note: "no release is live", detail: true };
  context.shared.set(configuringCell, true);
  try {
    if (isInstalled(await unitsOfRelease(context, state, admin)))
      return { status: "unchanged", note: "the units are those of the configuration", detail: true };
    return await withProof(context, admin.store, () => bring(context, admin));
  } finally {
    context.shared.delete(configuringCell);
  }
}

async function bring(context: OnHost, admin: Administrator): Promise<Outcome> {
  const state: StoreState = await admin.store.state();
  const wanted = await unitsOfRelease(context, state, admin);
  const changes = await installUnits(context, admin, wanted, state);
  const { changed, removed } = changes;
  if (changed.length > 0) await startUnits(context, admin, wanted, changes, { onlyChanged: true });
  if (changed.length > 0 && context.site.values.get("verify")?.text) await context.call("verify");
  const note = [
    ...(changed.length > 0 ? [`installed ${changed.join(", ")}`] : []),
    ...(removed.length > 0 ? [`removed ${removed.join(", ")}`] : []),
  ];
  return { status: "ok", note: note.join("; ") };
}

/** Whether the host has the wanted units and no other ones, and keeps them for the live release. */
function isInstalled({ units, found, isNew }: Wanted): boolean {
  const own = new Map(found.own.map((unit) => [unit.name, unit]));
  const isSame = units.every(({ name, text }) => {
    const there = own.get(name);
    return there?.text === text && (there.isEnabled || !text.includes("\n[Install]\n"));
  });
  return isSame && own.size === units.length && !isNew;
}
