/** A number of hosts, or a percentage of all hosts. */
export type PartOfHosts = { readonly hosts: number } | { readonly percent: number };

/**
 * Converts a part to a number of hosts out of `total`, rounded down. A plain number stays the same, even
 * above `total`.
 */
export function countOfPart(part: PartOfHosts, total: number): number {
  return "hosts" in part ? part.hosts : Math.floor((total * part.percent) / 100);
}
