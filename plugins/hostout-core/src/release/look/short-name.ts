/** Returns the last part of a release's name, if no other release has the same. `rollback` accepts that part too. */
export function shortName(name: string, all: readonly string[]): string {
  const last = name.slice(name.lastIndexOf("-") + 1);
  return all.some((other) => other !== name && other.endsWith(`-${last}`)) ? name : last;
}

/** A revision with the first 8 digits of its hash: `git 1a2b3c4d, edited`. */
export function shortRevision(revision: string | undefined): string {
  return (revision ?? "").replace(/\b([0-9a-f]{8})[0-9a-f]{4,}\b/, "$1");
}
