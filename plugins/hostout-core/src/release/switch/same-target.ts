import { HostoutError, type Site } from "@hostout/kit";
import type { OnHost } from "../values/release-options.ts";

/** The rollback target of a host. */
export interface RollbackTarget {
  /** Undefined: the host has no rollback target. */
  readonly release: string | undefined;
  /** SHA-256 of its package: releases of one package are the same, whatever their names. */
  readonly package?: string | undefined;
}

/** The rollback targets of the hosts, for each site of each run. The signal stands for the run. */
const targets = new WeakMap<AbortSignal, Map<Site, Map<string, RollbackTarget>>>();

/** Records the rollback target of the host, before any host is switched. */
export function tellTarget({ host, signal, site }: OnHost, target: RollbackTarget): void {
  const ofRun = targets.get(signal) ?? new Map<Site, Map<string, RollbackTarget>>();
  const known = ofRun.get(site) ?? new Map<string, RollbackTarget>();
  targets.set(signal, ofRun.set(site, known.set(host.name, target)));
}

/**
 * Refuses a rollback to different releases on the hosts that have recorded their targets.
 *
 * @throws HostoutError `usage`, with the release of each host
 */
export function requireSameTarget({ host, signal, site }: OnHost): void {
  const known = [...(targets.get(signal)?.get(site) ?? [])].map(([name, target]) => ({ name, ...target }));
  if (new Set(known.map((one) => one.package ?? one.release)).size < 2) return;
  const byRelease = Map.groupBy(known, ({ release }) => release ?? "none");
  const told = [...byRelease].map(
    ([release, all]) => `${all.map(({ name }) => name).join(", ")} to ${release}`,
  );
  throw new HostoutError({
    code: "usage",
    message: `a rollback of ${site.name} would mix releases: ${told.join("; ")}`,
    hint: `Nothing was switched. Name the release (hostout ${site.name} rollback NAME), or let each host go to its own: --anyway`,
    host: host.name,
  });
}
