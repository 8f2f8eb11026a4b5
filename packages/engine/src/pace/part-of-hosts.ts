/** A number of hosts, or a part of all of them in percent. */
export type PartOfHosts = { readonly hosts: number } | { readonly percent: number };

/** How many hosts of `total` that is, rounded down; a number of hosts stays what it is, though it be more than all. */
export function countOfPart(part: PartOfHosts, total: number): number {
  return "hosts" in part ? part.hosts : Math.floor((total * part.percent) / 100);
}
