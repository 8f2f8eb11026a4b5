import type { Outcome } from "@hostout/kit";
import { siteStore } from "@hostout/releases";
import type { OnHost } from "../values/release-options.ts";

/** Names the files of the live release that somebody changed on the host. */
export async function lookForDrift(context: OnHost): Promise<Outcome> {
  const store = await siteStore(context);
  const { served } = await store.state();
  if (served === undefined) return { status: "skipped", note: "no release is live" };
  const { files: drift, isCut } = await store.drift(served);
  for (const { path, how } of drift) context.note(`${how}: ${store.folderOf(served)}/${path}`);
  if (drift.length === 0)
    return { status: "unchanged", note: `${served} is as it was deployed`, value: drift };
  return {
    status: "ok",
    note: `${isCut ? "more than " : ""}${drift.length} ${drift.length === 1 ? "file" : "files"} edited on the host`,
    value: drift,
  };
}
