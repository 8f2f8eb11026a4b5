import { defaultOf, type Host, type Site, siteOptions } from "@hostout/kit";
import type { Finding } from "./lint.ts";

/**
 * Finds sites with the same path on the same host. Each deploy of one of them would replace the live release of the other.
 *
 * @param severity of the findings
 */
export function sharedPaths(sites: readonly Site[], severity: Finding["severity"]): readonly Finding[] {
  const found: Finding[] = [];
  const first = new Map<string, Site>();
  for (const site of sites)
    for (const host of site.hosts) {
      const place = placeOf(site, host);
      const other = first.get(place);
      if (!other) first.set(place, site);
      else if (other !== site && !found.some(({ origin }) => origin === site.origin))
        found.push({
          severity,
          message: `[${site.name}] and [${other.name}] have one path on ${host.name}: a deploy of one replaces the other`,
          origin: site.origin,
          hint: `Give each site a folder of its own: path = /srv/${site.name}`,
        });
    }
  return found;
}

/** Identifies a folder on a host, as far as the configuration says. A path below a home is that of the account. */
function placeOf(site: Site, { address, port, user }: Host): string {
  const names = ["path", ...siteOptions.path.aliases];
  const path = names.map((name) => site.values.get(name)?.text).find((text) => text !== undefined);
  const text = (path ?? defaultOf(site, siteOptions.path) ?? "").trim().replace(/\/+$/, "");
  const owner = text.startsWith("~/") ? (site.values.get("effective-user")?.text ?? user ?? "") : "";
  return JSON.stringify([address, port, text, owner]);
}
