/** Systems whose tools for accounts and packages have the same command lines. */
export type Family = "debian" | "redhat" | "alpine" | "freebsd";

const families: Readonly<Record<string, Family>> = {
  debian: "debian",
  ubuntu: "debian",
  fedora: "redhat",
  rhel: "redhat",
  centos: "redhat",
  redhat: "redhat",
  alpine: "alpine",
  freebsd: "freebsd",
};

/** The names of all systems whose command lines are known. */
export const knownSystems: readonly string[] = Object.keys(families);

/** Returns the family of the first system that has one. Undefined: hostout does not know these systems. */
export function familyOf(ids: readonly string[]): Family | undefined {
  return ids.map((id) => families[id]).find((family) => family !== undefined);
}
