import { namedLine } from "./named-line.ts";
import { jobOf, jobUnits } from "./schedule.ts";
import { type Service, serviceUnit } from "./service-unit.ts";
import { socketUnit } from "./socket-unit.ts";
import { type Unit, type UnitSettings, whyNoUnitName } from "./unit.ts";

/**
 * Makes all units of a site from its options. A pure function.
 *
 * @throws Error with the fault
 */
export function siteUnits(settings: UnitSettings): readonly Unit[] {
  const { site, service, schedule } = settings;
  const services = service.map((line): Service => {
    const { name = site, text } = namedLine(line);
    return { name, command: text };
  });
  const sockets = socketsOf(settings, services);
  const units = [
    ...services.map((one) => serviceUnit(one, sockets.has(one.name), settings)),
    ...[...sockets].map(([name, address]) => socketUnit(name, address, settings)),
    ...schedule.flatMap((line) => jobUnits(jobOf(line, site), settings)),
  ];
  const names = units.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`two lines make the unit ${twice}: name one of them, NAME = …`);
  for (const name of names) {
    const why = whyNoUnitName(name.replace(/\.[a-z]+$/, ""));
    if (why !== undefined) throw new Error(why);
  }
  return units;
}

/** Returns the address of each socket by the name of its service. A line without a name is for the service of the site. */
function socketsOf(
  { site, socket }: UnitSettings,
  services: readonly Service[],
): ReadonlyMap<string, string> {
  const sockets = new Map<string, string>();
  for (const line of socket) {
    const only = services.length === 1 ? services[0]?.name : undefined;
    const { name = only ?? site, text } = namedLine(line);
    if (!services.some((one) => one.name === name))
      throw new Error(`the socket '${line}' has no service ${name}: name one, NAME = ${text}`);
    if (sockets.has(name)) throw new Error(`the service ${name} has two sockets`);
    sockets.set(name, text);
  }
  return sockets;
}
