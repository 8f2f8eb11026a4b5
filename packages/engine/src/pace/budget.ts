import type { Target } from "@hostout/kit";
import type { Result } from "../run/result.ts";
import { countOfPart, type PartOfHosts } from "./part-of-hosts.ts";

/** The failure budget of a run. Counts each failed or unreachable host once, whatever the site. */
export interface Budget {
  /** Whether more hosts failed than the run allows. */
  readonly isSpent: () => boolean;
  /**
   * Counts a host where a task failed. Removes it again when an outer task succeeds there, because that task
   * handled the failure.
   */
  readonly record: (target: Target, result: Result) => void;
  /** Returns a view on the same count that only later failures can spend. */
  readonly sinceNow: () => Budget;
  /** `2 hosts failed, 1 is allowed` */
  readonly explain: () => string;
}

/** Makes the budget of a run. `limit` is the number of hosts that may fail. */
export function makeBudget(targets: readonly Target[], limit: PartOfHosts = { hosts: 0 }): Budget {
  const keyOf = ({ site, host }: Target) => JSON.stringify([site.name, host.name, host.port]);
  const total = new Set(targets.map(keyOf)).size;
  const allowed = countOfPart(limit, total);
  const failed = new Set<string>();
  const isSpent = () => failed.size > allowed;
  const explain = () =>
    `${failed.size} ${failed.size === 1 ? "host" : "hosts"} failed and the failure budget is ${allowed}`;
  const record = (target: Target, { kind }: Result) => {
    if (kind === "failed") failed.add(keyOf(target));
    if (kind === "done") failed.delete(keyOf(target));
  };
  const sinceNow = (): Budget => {
    const later = new Set<Target>();
    return {
      isSpent: () => later.size > 0 && isSpent(),
      record: (target, result) => {
        if (result.kind === "failed") {
          later.add(target);
          record(target, result);
        }
        // The host's own failure stays in the count, even when another command handles it.
        if (result.kind === "done") later.delete(target);
      },
      sinceNow,
      explain,
    };
  };
  return { isSpent, record, sinceNow, explain };
}
