import type { Entry, Work } from "./entry.ts";
import type { Run } from "./rounds.ts";

/** Figures of one entry: medians over the rounds. */
export interface Row {
  readonly work: string;
  readonly who: string;
  readonly rounds: number;
  readonly seconds: number;
  readonly clientCpuSeconds: number;
  /** Undefined without control groups. */
  readonly hostsCpuSeconds: number | undefined;
  /** Seconds to those of the reference in the same round. */
  readonly ratio: number;
  /** The same of the CPU of both sides. A busy machine moves it less. Undefined without control groups. */
  readonly cpuRatio: number | undefined;
  readonly aim?: number;
}

export function rowsOf(work: Work, runs: ReadonlyMap<Entry, readonly Run[]>): readonly Row[] {
  const reference = runs.get(work.reference)!;
  const cpuOf = ({ client, hosts }: Run) => client + (hosts ?? Number.NaN);
  return [...runs].map(([entry, own]) => ({
    work: work.name,
    who: entry.who,
    rounds: own.length,
    seconds: median(own.map(({ wall }) => wall)),
    clientCpuSeconds: median(own.map(({ client }) => client)),
    hostsCpuSeconds: known(median(own.map(({ hosts }) => hosts ?? Number.NaN))),
    ratio: median(own.map((run, round) => run.wall / reference[round]!.wall)),
    cpuRatio: known(median(own.map((run, round) => cpuOf(run) / cpuOf(reference[round]!)))),
    ...(entry === work.ours && work.aim !== undefined ? { aim: work.aim } : {}),
  }));
}

export const header = textOf("", ["s", "client CPU", "hosts CPU", "ratio", "CPU ratio", "aim"]);

export function textOfWork(rows: readonly Row[]): string {
  const lines = rows.map((row) =>
    textOf(`  ${row.who}`, [
      row.seconds.toFixed(3),
      row.clientCpuSeconds.toFixed(2),
      row.hostsCpuSeconds?.toFixed(2) ?? "-",
      row.ratio.toFixed(2),
      row.cpuRatio?.toFixed(2) ?? "-",
      row.aim === undefined ? "" : String(row.aim),
    ]),
  );
  return [rows[0]?.work, ...lines].join("\n");
}

export const jsonOfWork = (rows: readonly Row[]) => rows.map((row) => JSON.stringify(row)).join("\n");

function textOf(who: string, figures: readonly string[]): string {
  return `${who.padEnd(36)} ${figures.map((one) => one.padStart(10)).join(" ")}`.trimEnd();
}

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const known = (value: number) => (Number.isNaN(value) ? undefined : value);
