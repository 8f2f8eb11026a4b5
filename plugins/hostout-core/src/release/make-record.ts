import { dirname } from "node:path";
import { type HostContext, who } from "@hostout/kit";
import type { ReleaseRecord } from "@hostout/releases";
import type { Packaged } from "./package-site.ts";

/** The record of a release that is being made of a package. */
export function makeRecord(
  { site }: HostContext,
  name: string,
  { hash, revision, packages }: Packaged,
): ReleaseRecord {
  return {
    name,
    result: "built",
    site: site.name,
    by: "deploy",
    at: new Date().toISOString(),
    who: who(),
    from: dirname(site.config),
    package: hash,
    revision,
    packages,
  };
}
