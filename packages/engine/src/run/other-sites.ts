import { HostoutError, type Site, type Target } from "@hostout/kit";

/**
 * Finds the hosts of other sites. Loads each site once a run, so that values shared on these hosts (a lock)
 * stay the same.
 *
 * @param known the hosts of the run
 * @returns a function that throws HostoutError `unknown-site`
 */
export function makeOtherSites(
  known: readonly Target[],
): (from: Site, name: string) => Promise<readonly Target[]> {
  const found = new Map<string, Promise<readonly Target[]>>();
  for (const [name, targets] of Map.groupBy(known, ({ site }) => site.name))
    found.set(name, Promise.resolve(targets));
  return (from, name) => {
    const before = found.get(name);
    if (before) return before;
    const loaded = loadTargets(from, name);
    found.set(name, loaded);
    return loaded;
  };
}

async function loadTargets(from: Site, name: string): Promise<readonly Target[]> {
  if (!from.loadOther)
    throw new HostoutError({
      code: "unknown-site",
      message: `there is no site '${name}' beside ${from.name}`,
    });
  const site = await from.loadOther(name);
  return site.hosts.map((host) => ({ site, host }));
}
