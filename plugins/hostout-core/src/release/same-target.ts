import { HostoutError, type Outcome } from "@hostout/kit";
import type { OnHost, OnSite } from "./release-options.ts";

/** The release that a rollback would serve on a host. */
export interface RollbackTarget {
  readonly release: string;
  /** SHA-256 of its package: releases of one package are the same, whatever their names. */
  readonly package: string | undefined;
  /** Whether hosts may go to different releases. */
  readonly anyway: boolean;
}

const key = "rollback target";

/** Keeps what a rollback found on a host for {@link rollbackTarget}. */
export function tellTarget({ shared }: OnHost, target: RollbackTarget): void {
  shared.set(key, target);
}

/** The release that the rollback around this command found on a host. */
export async function rollbackTarget({ shared, site }: OnHost): Promise<Outcome> {
  const value = shared.get(key) as RollbackTarget | undefined;
  if (value) return { status: "ok", note: value.release, value };
  throw new HostoutError({
    code: "usage",
    message: "no rollback is under way",
    hint: `'hostout ${site.name} status' shows the release before the live one.`,
  });
}

/** Refuses a rollback that would serve different releases. @throws HostoutError `usage`, with the release of each host */
export async function sameTarget({ call, site }: OnSite): Promise<Outcome> {
  const { hosts = [] } = await call("rollback-target");
  const found = hosts.map(({ host, value }) => ({ host, ...(value as RollbackTarget) }));
  const contents = new Set(found.map((one) => one.package ?? one.release));
  if (contents.size < 2 || found.some(({ anyway }) => anyway)) return { status: "ok" };
  const byRelease = Map.groupBy(found, ({ release }) => release);
  const told = [...byRelease].map(
    ([release, all]) => `${all.map(({ host }) => host).join(", ")} to ${release}`,
  );
  throw new HostoutError({
    code: "usage",
    message: `a rollback of ${site.name} would mix releases: ${told.join("; ")}`,
    hint: `Nothing was switched. Name the release (hostout ${site.name} rollback NAME), or let each host go to its own: --anyway`,
  });
}
