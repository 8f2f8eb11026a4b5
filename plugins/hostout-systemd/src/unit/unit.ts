import { unitText } from "./quote.ts";

/** One unit file of a site. */
export interface Unit {
  /** With its kind: `shop.service`, `shop.socket`, `shop-backup.timer`. */
  readonly name: string;
  readonly text: string;
}

/** The facts about a site and a host from which the texts of its units are made. */
export interface UnitSettings {
  readonly site: string;
  /** The folder of the site on the host, absolute. */
  readonly path: string;
  /** The account that runs the services. */
  readonly owner: string;
  readonly scope: "system" | "user";
  readonly service: readonly string[];
  readonly socket: readonly string[];
  readonly schedule: readonly string[];
  readonly environment: readonly string[];
  readonly environmentFile: string | undefined;
  readonly serviceOptions: readonly string[];
  readonly socketOptions: readonly string[];
}

/** Returns the first line of each unit file that hostout makes for a site. By this line hostout knows its own files. */
export function markerOf({ site, path }: Pick<UnitSettings, "site" | "path">): string {
  return `# Made by hostout for the site ${unitText(site)} in ${unitText(path)}. Change the configuration instead.`;
}

/** Returns the name without its kind. */
export const stemOf = (name: string): string => name.replace(/\.[a-z]+$/, "");

/** Returns the names of the services that run all the time. A service with a timer runs at its times only. */
export function lastingServices(units: readonly Pick<Unit, "name">[]): readonly string[] {
  const names = units.map(({ name }) => name);
  return names.filter((name) => name.endsWith(".service") && !names.includes(`${stemOf(name)}.timer`));
}

/** Returns the names of one kind. */
export function namesOf(units: readonly Unit[], kind: "socket" | "timer"): readonly string[] {
  return units.map(({ name }) => name).filter((name) => name.endsWith(`.${kind}`));
}

/** Returns the reason why a name cannot be that of a unit, or undefined if it can. */
export function whyNoUnitName(name: string): string | undefined {
  if (/\.(?:service|socket|timer)$/.test(name)) return `'${name}' has the end of a unit file: leave it out`;
  if (/^[A-Za-z0-9][\w:.-]{0,199}$/.test(name)) return undefined;
  return `'${name}' is no name of a unit: use letters, digits and - _ . :`;
}
