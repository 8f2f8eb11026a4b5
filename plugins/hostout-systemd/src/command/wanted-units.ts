import { HostoutError } from "@hostout/kit";
import type { OnHost } from "../options.ts";
import { siteUnits } from "../unit/site-units.ts";
import type { Unit } from "../unit/unit.ts";

/**
 * Returns the units that the configuration wants on a host.
 *
 * @param path the folder of the site on the host, absolute
 * @throws HostoutError `bad-option`
 */
export function wantedUnits(context: OnHost, path: string): readonly Unit[] {
  const { site, options, remote } = context;
  const { serviceScope, serviceEnvironmentFile, service, socket, schedule } = options;
  try {
    const units = siteUnits({
      site: site.name,
      path,
      owner: remote.as("effective").user || "root",
      scope: serviceScope,
      service: service ?? [],
      socket: socket ?? [],
      schedule: schedule ?? [],
      environment: options.serviceEnvironment ?? [],
      environmentFile: serviceEnvironmentFile,
      serviceOptions: options.serviceOptions ?? [],
      socketOptions: options.socketOptions ?? [],
    });
    refuseSecrets(context, units);
    return units;
  } catch (error) {
    if (error instanceof HostoutError) throw error;
    throw new HostoutError({
      code: "bad-option",
      message: `[${site.name}] ${(error as Error).message}`,
      origin: (site.values.get("service") ?? site.values.get("schedule"))?.origin ?? site.origin,
      cause: error,
    });
  }
}

/** Whether the site has services, sockets or times of its own. Without them, the plugin leaves start and stop to others. */
export function hasUnits({ options: { service, schedule } }: OnHost): boolean {
  return (service ?? schedule) !== undefined;
}

/** Every user of a host can read its units. @throws HostoutError `bad-option` for a secret in one of them */
function refuseSecrets({ site }: OnHost, units: readonly Unit[]): void {
  const secrets = (site.secrets ?? []).filter((secret) => secret !== "");
  const open = units.find(({ text }) => secrets.some((secret) => text.includes(secret)));
  if (!open) return;
  throw new HostoutError({
    code: "bad-option",
    message: `[${site.name}] a secret would be in ${open.name}, which every user of the host can read`,
    hint: "Write the secret into a file on the host, and name the file: service-environment-file = /etc/shop.env",
    origin: site.origin,
  });
}
