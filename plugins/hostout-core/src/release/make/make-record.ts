import { dirname } from "node:path";
import { who } from "@hostout/kit";
import type { ReleaseRecord } from "@hostout/releases";
import type { OnHost } from "../values/release-options.ts";
import type { Packaged } from "./package-site.ts";
import { isPreparing } from "./preparing.ts";

/** The record of a release that is being made of a package. */
export function makeRecord(
  context: OnHost,
  name: string,
  { hash, revision, packages }: Packaged,
): ReleaseRecord {
  return {
    name,
    result: "built",
    site: context.site.name,
    by: isPreparing(context) ? "prepare" : "deploy",
    at: new Date().toISOString(),
    who: who(),
    from: dirname(context.site.config),
    package: hash,
    revision,
    packages,
  };
}
