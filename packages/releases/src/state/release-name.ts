/**
 * Returns a release name, `20261120T101500123Z-ab12cd34`: the time when it was made, and the hash of its content. The
 * alphabetical order of names is their order in time.
 */
export function releaseName(nowMs: number, contentHash: string): string {
  return `${new Date(nowMs).toISOString().replaceAll(/[-:.]/g, "")}-${contentHash.slice(0, 8)}`;
}

/** The form of release names. No character of it has a meaning in a path or a shell. */
export const releaseForm = /^\d{8}T\d{6,9}Z-[0-9a-f]{8}$/;

/** Returns the time at which a release was made, in milliseconds, from its name. */
export function releaseTimeMs(name: string): number {
  const [, date = "", time = ""] = /^(\d{8})T(\d{6,9})Z/.exec(name) ?? [];
  const part = (text: string, start: number, length: number) => Number(text.slice(start, start + length));
  const ms = time.slice(6).padEnd(3, "0");
  return Date.UTC(
    part(date, 0, 4),
    part(date, 4, 2) - 1,
    part(date, 6, 2),
    part(time, 0, 2),
    part(time, 2, 2),
    part(time, 4, 2),
    Number(ms),
  );
}
