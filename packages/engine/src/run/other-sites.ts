import { HostoutError, type Site, type Target } from "@hostout/kit";

/**
 * Finds the hosts of other sites. Loads each site once a run, so that values shared on these hosts (a lock)
 * stay the same.
 *
 * @param known the hosts of the run
 * @param joins called with each site that is loaded, before its hosts are known
 * @returns a function that throws HostoutError `unknown-site`
 */
export function makeOtherSites(
  known: readonly Target[],
  joins: (site: Site) => void,
): (from: Site, name: string) => Promise<readonly Target[]> {
  const found = new Map<string, Promise<readonly Target[]>>();
  for (const [site, targets] of Map.groupBy(known, (target) => target.site)) {
    // The run may have some of the hosts only.
    const ofHost = new Map(targets.map((target) => [target.host, target]));
    const all = site.hosts.map((host) => ofHost.get(host) ?? { site, host });
    found.set(site.name, Promise.resolve(all));
  }
  return (from, name) => {
    const before = found.get(name);
    if (before) return before;
    const loaded = loadTargets(from, name, joins);
    found.set(name, loaded);
    return loaded;
  };
}

async function loadTargets(
  from: Site,
  name: string,
  joins: (site: Site) => void,
): Promise<readonly Target[]> {
  if (!from.loadOther)
    throw new HostoutError({
      code: "unknown-site",
      message: `there is no site '${name}' beside ${from.name}`,
    });
  const site = await from.loadOther(name);
  joins(site);
  return site.hosts.map((host) => ({ site, host }));
}
