import type { Entry } from "./entry.ts";

/** Who may read a file of this machine besides its owner; undefined: everybody. */
export type Readers = "owner" | "group";

/** @param mode of a file of this machine */
export function readersOf(mode: number): Readers | undefined {
  if ((mode & 0o077) === 0) return "owner";
  // Where new files are closed to others (umask 027), that says nothing of this one: the same content is the same package everywhere.
  return (mode & 0o007) === 0 && (process.umask() & 0o004) === 0 ? "group" : undefined;
}

/** The mode of an entry in an archive: never wider than on this machine, but for what its umask closes to others. */
export function fileMode({ isExecutable, readers }: Entry): number {
  const all = isExecutable ? 0o755 : 0o644;
  if (readers === "owner") return all & 0o700;
  return readers === "group" ? all & 0o750 : all;
}
