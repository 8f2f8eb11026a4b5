import type { Entry } from "./entry.ts";

/** The accounts that may read a file of this machine besides its owner. Undefined: everybody. */
export type Readers = "owner" | "group";

/** @param mode the mode of a file of this machine */
export function readersOf(mode: number): Readers | undefined {
  if ((mode & 0o077) === 0) return "owner";
  // Under a umask that closes new files to others (027), the mode means nothing: the same content gives the same
  // package everywhere.
  return (mode & 0o007) === 0 && (process.umask() & 0o004) === 0 ? "group" : undefined;
}

/** Returns the mode of an entry in an archive: never wider than on this machine, except for bits that its umask removes. */
export function fileMode({ isExecutable, readers }: Entry): number {
  const all = isExecutable ? 0o755 : 0o644;
  if (readers === "owner") return all & 0o700;
  return readers === "group" ? all & 0o750 : all;
}
