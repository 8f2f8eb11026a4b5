/** One place where work is done: a host, or this machine for a site. */
export interface BoardPlace {
  readonly label: string;
  /** What it does; undefined while it waits, and when it has ended. */
  readonly doing:
    | { readonly command: string; readonly sinceMs: number; readonly bytes?: string | undefined }
    | undefined;
  /** How it ended, or that it has not; undefined for this machine, which nobody waits for. */
  readonly state: "open" | "done" | "failed" | undefined;
}

/**
 * The rows of the board: places that do something and places that wait, as many as fit, and one row of totals. None when nothing is
 * done.
 */
export function boardRows(
  places: readonly BoardPlace[],
  nowMs: number,
  size: { readonly columns: number; readonly rows: number },
): readonly string[] {
  const busy = places.filter(({ doing }) => doing !== undefined);
  if (busy.length === 0) return [];
  const waiting = places.filter(({ doing, state }) => doing === undefined && state === "open");
  // Half of the terminal is left for the lines above, which tell more.
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
  // A row that is wrapped would not be taken away again as a whole.
  return [...shown.map((place) => rowOf(place, nowMs)), `  ${totals.join(", ")}`].map((row) =>
    row.slice(0, Math.max(1, size.columns - 1)),
  );
}

function rowOf({ label, doing }: BoardPlace, nowMs: number): string {
  if (!doing) return `  [${label}] waiting`;
  const seconds = Math.floor((nowMs - doing.sinceMs) / 1000);
  return `  [${label}] ${doing.command}${doing.bytes ? ` ${doing.bytes}` : ""} ${seconds} s`;
}

/** `3.2 of 10.0 MB` */
export function bytesText(doneBytes: number, totalBytes: number | undefined): string {
  const megabytes = (bytes: number) => (bytes / 1_000_000).toFixed(1);
  return totalBytes === undefined
    ? `${megabytes(doneBytes)} MB`
    : `${megabytes(doneBytes)} of ${megabytes(totalBytes)} MB`;
}
