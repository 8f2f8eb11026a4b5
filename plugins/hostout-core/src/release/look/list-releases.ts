import type { Outcome, Table } from "@hostout/kit";
import {
  preparedReleases,
  previousRelease,
  type ReleaseRecord,
  releasesByAge,
  type StoreState,
  siteStore,
} from "@hostout/releases";
import type { OnHost } from "../values/release-options.ts";
import { shortName, shortRevision } from "./short-name.ts";

/** Lists the releases of the site on each host, the newest first. */
export async function listReleases(context: OnHost): Promise<Outcome> {
  const state = await (await siteStore(context)).state();
  const marks = marksOf(state);
  const records = releasesByAge(state).toReversed();
  const count = state.releases.length;
  return {
    status: "ok",
    note: `${count} ${count === 1 ? "release" : "releases"}`,
    table: tableOf(records, marks),
    value: records.map((record) => ({ ...record, marks: marks(record.name) })),
  };
}

function marksOf(state: StoreState): (name: string) => readonly string[] {
  const previous = previousRelease(state);
  const prepared = new Set(preparedReleases(state).map(({ name }) => name));
  return (name) => [
    ...(name === state.served ? ["served"] : []),
    ...(name === previous ? ["previous"] : []),
    ...(state.pinned.includes(name) ? ["pinned"] : []),
    ...(prepared.has(name) ? ["prepared"] : []),
  ];
}

function tableOf(records: readonly ReleaseRecord[], marks: (name: string) => readonly string[]): Table {
  const names = records.map(({ name }) => name);
  const rows = records.map(({ name, result, at, who, revision, reason }) => {
    const words = marks(name).map((mark) => (mark === "served" ? "live" : mark));
    return [shortName(name, names), result, words.join(", "), at, who, shortRevision(revision), cut(reason)];
  });
  return { columns: ["release", "result", "is", "made", "by", "revision", "why it failed"], rows };
}

/** All of it is in the value. */
function cut(text = ""): string {
  const most = 50;
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
