import type { BoardPlace, BoardPlaces } from "./board-places.ts";

/**
 * Returns the rows of the board: working places, then waiting ones, as many as fit, and a row of totals.
 * Returns none when no place works. Takes the same time with any number of places.
 */
export function boardRows(
  places: Omit<BoardPlaces, "update">,
  nowMs: number,
  size: { readonly columns: number; readonly rows: number },
): readonly string[] {
  const [busy, waiting] = [places.count("busy"), places.count("waiting")];
  if (busy === 0) return [];
  // The lines above have half of the terminal, because they show more detail.
  const room = Math.max(1, Math.min(Math.floor(size.rows / 2) - 1, 20));
  const shown = places.shown(room);
  const hidden = busy - shown.length;
  const counts = [
    [busy, hidden > 0 ? `at work (${hidden} not shown)` : "at work"],
    [waiting, "waiting"],
    [places.count("done"), "done"],
    [places.count("failed"), "failed"],
  ] as const;
  const totals = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  // The terminal would wrap a longer row, and the board could not erase it as a whole.
  return [...shown.map((place) => rowOf(place, nowMs)), `  ${totals.join(", ")}`].map((row) =>
    row.slice(0, Math.max(1, size.columns - 1)),
  );
}

function rowOf({ label, doing }: BoardPlace, nowMs: number): string {
  if (!doing) return `  [${label}] waiting`;
  const seconds = Math.floor((nowMs - doing.sinceMs) / 1000);
  return `  [${label}] ${doing.text} ${seconds} s`;
}

/** Formats progress: `3.2 of 10.0 MB`. */
export function bytesText(doneBytes: number, totalBytes: number | undefined): string {
  const megabytes = (bytes: number) => (bytes / 1_000_000).toFixed(1);
  return totalBytes === undefined
    ? `${megabytes(doneBytes)} MB`
    : `${megabytes(doneBytes)} of ${megabytes(totalBytes)} MB`;
}
