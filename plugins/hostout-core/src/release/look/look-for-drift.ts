import type { Outcome } from "@hostout/kit";
import { siteStore } from "@hostout/releases";
import type { OnHost } from "../values/release-options.ts";

/** Names the files of the live release that somebody changed on the host. */
export async function lookForDrift(context: OnHost): Promise<Outcome> {
  const store = await siteStore(context);
  const { served } = await store.state();
  if (served === undefined) return { status: "skipped", note: "no release is live" };
  const { files, isCut } = await store.drift(served);
  for (const { path, how } of files) context.note(`${how}: ${store.folderOf(served)}/${path}`);
  const value = { files, hasMoreDrift: isCut };
  if (files.length === 0) return { status: "unchanged", note: `${served} is as it was deployed`, value };
  return {
    status: "ok",
    note: `${isCut ? "more than " : ""}${files.length} ${files.length === 1 ? "file" : "files"} edited on the host`,
    value,
  };
}
