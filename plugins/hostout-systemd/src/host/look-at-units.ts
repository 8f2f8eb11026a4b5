import { HostoutError } from "@hostout/kit";
import type { OnHost } from "../options.ts";
import type { Unit } from "../unit/unit.ts";
import { blocksIn, unitsIn } from "../unit/unit-bundle.ts";
import type { Administrator } from "./administrator.ts";
import { foreignUnit } from "./script-error.ts";
import { lookScript } from "./scripts.ts";

/** A unit file of the site on a host. */
export interface InstalledUnit extends Unit {
  /** Whether systemd starts it with the host, if its text has an `[Install]`. */
  readonly isEnabled: boolean;
}

/** The units of a site on a host. */
export interface UnitsOnHost {
  readonly own: readonly InstalledUnit[];
  /** Files of the wanted names that hostout did not make for this site. */
  readonly foreign: readonly string[];
  /** The units with which the live release was started last. */
  readonly kept: readonly Unit[] | undefined;
}

/**
 * Looks at the units of a site on a host.
 *
 * @param names the names of the wanted units
 * @param release the live release
 * @throws HostoutError `refused` if systemd does not run there
 */
export async function lookAtUnits(
  { host }: OnHost,
  { remote, words, key }: Administrator,
  names: readonly string[] = [],
  release = "",
): Promise<UnitsOnHost> {
  const title = "look at the units of the site";
  const text = await remote.capture(words(lookScript, key, release, ...names), { quiet: true, title });
  const blocks = blocksIn(text);
  if (blocks.some(({ head }) => head[0] === "none"))
    throw new HostoutError({
      code: "refused",
      message: `${host.name}: systemd does not run there (/run/systemd/system does not exist)`,
      hint: "Start the site with start-cmd and stop-cmd, and take hostout-systemd out of the plugins of the site.",
      host: host.name,
    });
  const of = (kind: string) => blocks.filter(({ head }) => head[0] === kind);
  return {
    own: of("own").map(({ head: [, name = "", state], text }) => ({
      name,
      text,
      isEnabled: state === "enabled",
    })),
    foreign: of("foreign").map(({ head: [, , ...place] }) => place.join(" ")),
    kept: of("kept").map(({ text }) => unitsIn(text))[0],
  };
}

/** @throws HostoutError `refused` if a wanted name belongs to a unit of others */
export function refuseForeign({ host }: OnHost, { foreign: [place] }: UnitsOnHost): void {
  if (place === undefined) return;
  throw new HostoutError({ code: "refused", host: host.name, ...withHost(host.name, foreignUnit(place)) });
}

const withHost = (host: string, { message, hint }: { readonly message: string; readonly hint: string }) => ({
  message: `${host}: ${message}`,
  hint,
});
