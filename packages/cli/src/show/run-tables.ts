import type { Event, Table } from "@hostout/kit";
import type { Label } from "./labels.ts";

type End = Extract<Event, { type: "task.end" }>;

/** The tables of a run's hosts, joined by command. */
export interface RunTables {
  readonly add: (event: End, labels: Label) => void;
  /** Returns the tables in the order of their start. The first column has the labels of the hosts. */
  readonly all: () => readonly Table[];
}

/** Creates the tables of a run, at first none. `order` gives the position of a label among the rows. */
export function makeRunTables(order: (label: string) => number): RunTables {
  const parts = new Map<string, { readonly label: string; readonly table: Table }[]>();
  return {
    add: ({ path, table, ...place }, labels) => {
      if (!table) return;
      // Tables with different columns cannot be joined.
      const key = JSON.stringify([path, table.columns]);
      const some = parts.get(key) ?? [];
      parts.set(key, some);
      some.push({ label: labels(place), table });
    },
    all: () =>
      [...parts.values()].map((some) => {
        const sorted = some.toSorted((one, other) => order(one.label) - order(other.label));
        return {
          columns: ["host", ...sorted[0]!.table.columns],
          rows: sorted.flatMap(({ label, table }) => table.rows.map((row) => [label, ...row])),
        };
      }),
  };
}
