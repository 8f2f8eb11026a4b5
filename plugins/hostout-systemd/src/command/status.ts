import type { Next, Outcome } from "@hostout/kit";
import { administrator } from "../host/administrator.ts";
import { stateScript } from "../host/scripts.ts";
import type { OnHost } from "../options.ts";
import { lastingServices } from "../unit/unit.ts";
import { hasUnits } from "./wanted-units.ts";

/** The state of a unit of the site, as systemd has it. */
export interface UnitState {
  readonly name: string;
  /** `active`, `inactive`, `failed`, `activating`, … */
  readonly active: string;
  /** `running`, `listening`, `waiting`, `auto-restart`, … */
  readonly sub: string;
}

/** Adds the units of the site to its status. */
export async function status(context: OnHost, next: Next): Promise<Outcome> {
  const outcome = await next();
  if (!hasUnits(context)) return outcome;
  const { remote, words } = await administrator(context);
  const text = await remote.capture(words(stateScript), { quiet: true, title: "ask systemd" });
  const all = text
    .split("\n")
    .filter(Boolean)
    .map((line): UnitState => {
      const [name = "", active = "", sub = ""] = line.split(" ");
      return { name, active, sub };
    });
  const lasting = new Set(lastingServices(all));
  // The service of a timer runs for moments only: its failure counts.
  const units = all.filter(
    ({ name, active }) => !name.endsWith(".service") || lasting.has(name) || active === "failed",
  );
  for (const { name, active, sub } of units)
    if (active === "failed" || sub === "auto-restart")
      context.note(`${name} has failed: hostout ${context.site.name} logs`);
  const cell = units
    .map(({ name, active, sub }) => `${name} ${active === "active" ? sub : active}`)
    .join(", ");
  const { table, value } = outcome;
  return {
    ...outcome,
    ...(table && {
      table: { columns: [...table.columns, "services"], rows: table.rows.map((row) => [...row, cell]) },
    }),
    value: { ...(value as object | undefined), units },
  };
}
