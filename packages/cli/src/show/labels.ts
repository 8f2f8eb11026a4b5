type Targets = readonly { readonly site: string; readonly host: string }[];

/** Returns the text in the brackets of a line. */
export type Label = (
  place: { readonly site: string; readonly host?: string | undefined },
  machine?: string,
) => string;

/** Creates labels: names of hosts, with the site if the host alone is ambiguous. */
export function makeLabels(targets: Targets): Label {
  const sitesOf = new Map<string, Set<string>>();
  for (const { site, host } of targets) sitesOf.set(host, (sitesOf.get(host) ?? new Set()).add(site));
  return ({ site, host }, machine) => {
    const name = machine ?? host ?? "localhost";
    const shared = host === undefined || (sitesOf.get(host)?.size ?? 0) > 1;
    return shared && targets.length > 1 ? `${site} ${name}` : name;
  };
}

/** Returns the first of several labels, and the number of the rest: `web1, web2 and 7 more`. */
export function someOf(labels: readonly string[]): string {
  const most = 5;
  if (labels.length <= most) return labels.join(", ");
  return `${labels.slice(0, most - 1).join(", ")} and ${labels.length - most + 1} more`;
}
