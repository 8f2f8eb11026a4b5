import { cell } from "@hostout/kit";
import { madeRelease, type StoreState, targetCell } from "@hostout/releases";
import type { Administrator } from "../host/administrator.ts";
import { lookAtUnits, type UnitsOnHost } from "../host/look-at-units.ts";
import type { OnHost } from "../options.ts";
import type { Unit } from "../unit/unit.ts";
import { wantedUnits } from "./wanted-units.ts";

/** Whether this run makes the units of the configuration those of the live release: the command `services`. */
export const configuringCell = cell<true>("hostout-systemd/configuring");

/** Whether this run has started the units of the live release. */
export const startedCell = cell<true>("hostout-systemd/started");

/** The units for the live release, beside those on the host. */
export interface Wanted {
  readonly units: readonly Unit[];
  readonly found: UnitsOnHost;
  /** Whether the host has to keep the units for the live release: these are not kept yet, or others are. */
  readonly isNew: boolean;
}

/**
 * Finds the units for the live release. A release that this run made gets those of the configuration. Any other release
 * gets those with which it was started before: units of a later configuration may name programs that it does not have.
 */
export async function unitsOfRelease(
  context: OnHost,
  { served }: StoreState,
  admin: Administrator,
): Promise<Wanted> {
  const configured = wantedUnits(context, admin.store.path);
  const names = configured.map(({ name }) => name);
  const found = await lookAtUnits(context, admin, names, served);
  const { kept } = found;
  const units = kept === undefined || isConfigured(context, served) ? configured : kept;
  const isNew = served !== undefined && JSON.stringify(units) !== JSON.stringify(kept);
  return { units, found, isNew };
}

/** Whether the live release runs with the configuration of this run. */
function isConfigured(context: OnHost, served: string | undefined): boolean {
  const { shared } = context;
  if (shared.has(targetCell)) return false;
  return shared.has(configuringCell) || madeRelease(context) === served;
}
