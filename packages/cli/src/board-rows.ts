/** One place where work is done: a host, or this machine for a site. */
export interface BoardPlace {
  readonly label: string;
  /** What it does; undefined while it waits. */
  readonly doing:
    | { readonly command: string; readonly sinceMs: number; readonly bytes?: string | undefined }
    | undefined;
  readonly failed: boolean;
}

/** The rows of the board: places that do something, as many as fit, and one row of totals. None when nothing is done. `total`: hosts of the run. */
export function boardRows(
  places: readonly BoardPlace[],
  nowMs: number,
  size: { readonly columns: number; readonly rows: number },
  total = places.length,
): readonly string[] {
  const busy = places.filter(({ doing }) => doing !== undefined);
  if (busy.length === 0) return [];
  // Half of the terminal is left for the lines above, which tell more.
  const room = Math.max(1, Math.min(Math.floor(size.rows / 2) - 1, 20));
  const rows = busy.slice(0, room).map(({ label, doing }) => {
    const seconds = Math.floor((nowMs - doing!.sinceMs) / 1000);
    return `  [${label}] ${doing!.command}${doing!.bytes ? ` ${doing!.bytes}` : ""} ${seconds} s`;
  });
  const failed = places.filter((place) => place.failed).length;
  const totals = [
    `${busy.length} of ${total} at work`,
    ...(busy.length > room ? [`${busy.length - room} not shown`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
  ];
  // A row that is wrapped would not be taken away again as a whole.
  return [...rows, `  ${totals.join(", ")}`].map((row) => row.slice(0, Math.max(1, size.columns - 1)));
}

/** `3.2 of 10.0 MB` */
export function bytesText(doneBytes: number, totalBytes: number | undefined): string {
  const megabytes = (bytes: number) => (bytes / 1_000_000).toFixed(1);
  return totalBytes === undefined
    ? `${megabytes(doneBytes)} MB`
    : `${megabytes(doneBytes)} of ${megabytes(totalBytes)} MB`;
}
