import type { Table } from "@hostout/kit";
import type { Style } from "./style.ts";
import { visibleText } from "./visible-text.ts";

const timeForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::[\d.]+)?Z$/;

/**
 * Returns the lines of a table, with headings in capitals and two blanks between columns. A time (ISO 8601,
 * UTC) is printed in local time; an empty cell is `-`. A table wider than the terminal loses its empty columns.
 * If it is still wider, each row becomes several lines.
 *
 * @param width of the terminal in characters; if undefined, the table may have any width
 */
export function tableLines(table: Table, style: Style, width: number | undefined): readonly string[] {
  const shown = { ...table, rows: table.rows.map((row) => table.columns.map((_, at) => cellText(row[at]))) };
  if (width === undefined || widthOf(shown) <= width) return aligned(shown, style);
  const isFilled = shown.columns.map((_, at) => at === 0 || shown.rows.some((row) => row[at] !== "-"));
  const filled = <T>(cells: readonly T[]) => cells.filter((_, at) => isFilled[at]);
  const short = { columns: filled(shown.columns), rows: shown.rows.map(filled) };
  return widthOf(short) <= width ? aligned(short, style) : stacked(short, style);
}

function cellText(text = ""): string {
  const time = timeForm.test(text) ? localTime(text) : text;
  return visibleText(time.replaceAll(/\s+/g, " ").trim()) || "-";
}

function widthsOf({ columns, rows }: Table): readonly number[] {
  return columns.map((heading, at) => Math.max(heading.length, ...rows.map((row) => row[at]!.length)));
}

function widthOf(table: Table): number {
  return widthsOf(table).reduce((sum, one) => sum + one + 2, -2);
}

function aligned(table: Table, style: Style): readonly string[] {
  const widths = widthsOf(table);
  const line = (row: readonly string[]) =>
    row
      .map((cell, at) => cell.padEnd(widths[at]!))
      .join("  ")
      .trimEnd();
  return [style.bold(line(table.columns.map((heading) => heading.toUpperCase()))), ...table.rows.map(line)];
}

function stacked({ columns, rows }: Table, style: Style): readonly string[] {
  const longest = Math.max(...columns.map((heading) => heading.length));
  return rows.flatMap(([first, ...others], index) => [
    ...(index === 0 ? [] : [""]),
    style.bold(first!),
    ...others.map((cell, at) => `  ${columns[at + 1]!.padEnd(longest)}  ${cell}`),
  ]);
}

/** Returns a time in local time, `2026-11-27 13:05`, or the text itself if it is not a time. */
export function localTime(time: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return time;
  const two = (number: number) => String(number).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** Formats a duration: `850 ms`, `3.1 s`, `2 min 5 s`, `1 h 12 min`. */
export function durationText(durationMs: number): string {
  if (durationMs < 1000) return `${Math.round(durationMs)} ms`;
  if (durationMs < 60_000) return `${(durationMs / 1000).toFixed(1)} s`;
  const minutes = Math.floor(durationMs / 60_000);
  if (minutes < 60) return `${minutes} min ${Math.floor((durationMs % 60_000) / 1000)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
