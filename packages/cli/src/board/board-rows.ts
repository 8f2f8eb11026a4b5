/** A place of work: a host, or this machine on behalf of a site. */
export interface BoardPlace {
  readonly label: string;
  /** The present step and its progress; undefined while the place waits, and after its end. */
  readonly doing: { readonly text: string; readonly sinceMs: number } | undefined;
  /** The state of the place; undefined for this machine, which the run does not wait for. */
  readonly state: "open" | "done" | "failed" | undefined;
}

/**
 * Returns the rows of the board: working places, then waiting ones, as many as fit, and a row of totals.
 * Returns none when no place works.
 */
export function boardRows(
  places: readonly BoardPlace[],
  nowMs: number,
  size: { readonly columns: number; readonly rows: number },
): readonly string[] {
  const busy = places.filter(({ doing }) => doing !== undefined);
  if (busy.length === 0) return [];
  const waiting = places.filter(({ doing, state }) => doing === undefined && state === "open");
  // The lines above have half of the terminal, because they show more detail.
  const room = Math.max(1, Math.min(Math.floor(size.rows / 2) - 1, 20));
  const shown =
    busy.length + waiting.length <= room
      ? places.filter((place) => busy.includes(place) || waiting.includes(place))
      : [...busy, ...waiting].slice(0, room);
  const ended = (state: BoardPlace["state"]) =>
    places.filter((place) => place.state === state && place.doing === undefined).length;
  const counts = [
    [busy.length, "at work"],
    [waiting.length, "waiting"],
    [ended("done"), "done"],
    [ended("failed"), "failed"],
    [busy.length + waiting.length - shown.length, "not shown"],
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
