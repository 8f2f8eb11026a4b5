import type { Outcome } from "@hostout/kit";
import { previousRelease, releasesByAge, type StoreState, siteStore } from "@hostout/releases";
import type { OnHost } from "./release-options.ts";

/** What `status` finds out on a host. */
export interface SiteStatus {
  readonly served: string | undefined;
  /** Where `current` leads instead: another tool put it there. */
  readonly foreign: string | undefined;
  readonly previous: string | undefined;
  readonly lockedBy: string | undefined;
  /** A deploy or rollback was cut off while it stopped, switched and started the site. */
  readonly isUnsettled: boolean;
  /** How many files of what is served are not as they were when it was deployed. */
  readonly driftFiles: number;
  /** Of the last deploy, whether it is served or not. */
  readonly lastResult: string | undefined;
  readonly who: string | undefined;
  readonly at: string | undefined;
  readonly revision: string | undefined;
}

/** Says what is served on each host. */
export async function siteStatus(context: OnHost): Promise<Outcome> {
  const store = await siteStore(context);
  const state = await store.state();
  const drift = state.served === undefined ? [] : await store.drift(state.served);
  const value = statusOf(state, drift.length);
  const { foreign, previous, lockedBy, isUnsettled, lastResult, who, at, revision, driftFiles } = value;
  const facts = [
    foreign && `current leads to ${foreign}, which another tool put there`,
    previous && `previous ${previous}`,
    who && `by ${who}`,
    at && `at ${at.slice(0, 16).replace("T", " ")}`,
    revision,
    lastResult && `last deploy ${lastResult}`,
    driftFiles > 0 && `${driftFiles} ${driftFiles === 1 ? "file" : "files"} edited on the host`,
    isUnsettled && !lockedBy && "its switch was cut off or not verified: deploy again, or roll back",
    lockedBy && `locked by ${lockedBy}`,
  ];
  const told = facts.filter((fact) => typeof fact === "string" && fact !== "").join(", ");
  if (told !== "") context.note(told);
  return { status: "ok", note: value.served ?? "nothing is served", value };
}

function statusOf(state: StoreState, driftFiles: number): SiteStatus {
  const { served, lockedBy } = state;
  const all = releasesByAge(state);
  const record = all.find(({ name }) => name === served);
  return {
    served,
    foreign: state.foreign,
    previous: previousRelease(state),
    lockedBy,
    isUnsettled: state.isUnsettled,
    driftFiles,
    lastResult: all.at(-1)?.result,
    who: record?.who,
    at: record?.at,
    revision: record?.revision,
  };
}
