import type { Outcome } from "@hostout/kit";
import {
  previousRelease,
  type ReleaseRecord,
  releasesByAge,
  type StoreState,
  siteStore,
} from "@hostout/releases";
import type { OnHost } from "./release-options.ts";

/** Lists the releases of the site on each host, the newest first. */
export async function listReleases(context: OnHost): Promise<Outcome> {
  const state = await (await siteStore(context)).state();
  const marks = marksOf(state);
  const records = releasesByAge(state).toReversed();
  for (const record of records) context.note(asLine(record, marks(record.name)));
  const count = state.releases.length;
  return {
    status: "ok",
    note: `${count} ${count === 1 ? "release" : "releases"}`,
    value: records.map((record) => ({ ...record, marks: marks(record.name) })),
  };
}

function marksOf(state: StoreState): (name: string) => readonly string[] {
  const previous = previousRelease(state);
  return (name) => [
    ...(name === state.served ? ["served"] : []),
    ...(name === previous ? ["previous"] : []),
    ...(state.pinned.includes(name) ? ["pinned"] : []),
  ];
}

function asLine(record: ReleaseRecord, marks: readonly string[]): string {
  const words = [
    record.name,
    record.result,
    record.at.slice(0, 16).replace("T", " "),
    record.who,
    record.revision,
    record.package?.slice(0, 12),
    marks.length > 0 ? `(${marks.join(", ")})` : undefined,
    record.reason,
  ];
  return words.filter((word) => word !== undefined && word !== "").join("  ");
}
