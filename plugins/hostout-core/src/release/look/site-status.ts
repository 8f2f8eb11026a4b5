import { type Outcome, readableTime, type Table } from "@hostout/kit";
import {
  type DriftList,
  previousRelease,
  type ReleaseRecord,
  releasesByAge,
  type StoreState,
  siteStore,
} from "@hostout/releases";
import { type Health, healthOf } from "../../verify/verify.ts";
import type { OnHost } from "../values/release-options.ts";
import { shortName } from "./short-name.ts";

/** The facts that `status` finds on a host. */
export interface SiteStatus {
  readonly served: string | undefined;
  /** Where `current` leads instead: another tool put it there. */
  readonly foreign: string | undefined;
  readonly previous: string | undefined;
  readonly lockedBy: string | undefined;
  /** A deploy or rollback was cut off while it stopped, switched and started the site. */
  readonly isUnsettled: boolean;
  /** Whether each line of `verify` holds; undefined where there are none, or nothing is live. */
  readonly isHealthy: boolean | undefined;
  /** Number of files of the live release that changed since the deploy. */
  readonly driftFiles: number;
  /** Whether more files than that differ. */
  readonly hasMoreDrift: boolean;
  /** The result of the last deploy, whether its release is live or not. */
  readonly lastResult: string | undefined;
  /** Why the last deploy failed, if it did: `20261120T101500000Z-ab12cd34 failed its check: …`. */
  readonly failure: string | undefined;
  readonly who: string | undefined;
  readonly at: string | undefined;
  readonly revision: string | undefined;
}

const noDrift: DriftList = { files: [], isCut: false };

/** Reports the live release of each host, its health, and who changed it. */
export async function siteStatus(context: OnHost): Promise<Outcome> {
  const store = await siteStore(context);
  const state = await store.state();
  const { served } = state;
  const [drift, health] =
    served === undefined ? [noDrift, undefined] : await Promise.all([store.drift(served), healthOf(context)]);
  const value = statusOf(state, drift, health);
  if (health?.isOk === false) context.note(`health check: ${health.why}`);
  if (value.foreign) context.note(`current leads to ${value.foreign}, which another tool put there`);
  if (value.failure) context.note(`the last deploy failed: ${value.failure}`);
  if (value.isUnsettled && !value.lockedBy)
    context.warn("its switch was cut off or not verified: deploy again, or roll back");
  return { status: "ok", note: value.served ?? "no release is live", table: tableOf(state, value), value };
}

/** Describes the failure of a release in one line. The check, the start or the build may have failed. */
function failureOf(release: ReleaseRecord | undefined): string | undefined {
  if (release?.result !== "failed") return undefined;
  const [line = ""] = (release.reason ?? "").split("\n");
  const how = /: verify .*: expected /.test(line) ? "failed its check" : "failed";
  return `${release.name} ${how}${line && `: ${line}`}`;
}

function tableOf(
  state: StoreState,
  { served, isHealthy, previous, who, lastResult, driftFiles, hasMoreDrift, lockedBy }: SiteStatus,
): Table {
  const names = releasesByAge(state).map(({ name }) => name);
  const short = (name: string | undefined) => (name === undefined ? "" : shortName(name, names));
  const { at = "" } = state.log.findLast(({ release }) => release === served) ?? {};
  const since = readableTime(at);
  const drift =
    driftFiles === 0 ? "" : `${hasMoreDrift ? ">" : ""}${driftFiles} ${driftFiles === 1 ? "file" : "files"}`;
  const health = isHealthy === undefined ? "" : isHealthy ? "ok" : "fails";
  return {
    columns: ["live release", "health", "since", "by", "roll back to", "last deploy", "drift", "lock"],
    rows: [
      [short(served), health, since, who ?? "", short(previous), lastResult ?? "", drift, lockedBy ?? ""],
    ],
  };
}

function statusOf(state: StoreState, drift: DriftList, health: Health | undefined): SiteStatus {
  const { served, lockedBy } = state;
  const all = releasesByAge(state);
  const record = all.find(({ name }) => name === served);
  return {
    served,
    foreign: state.foreign,
    previous: previousRelease(state),
    lockedBy,
    isUnsettled: state.isUnsettled,
    isHealthy: health?.isOk,
    driftFiles: drift.files.length,
    hasMoreDrift: drift.isCut,
    lastResult: all.at(-1)?.result,
    failure: failureOf(all.at(-1)),
    who: record?.who,
    at: record?.at,
    revision: record?.revision,
  };
}
