import type { Value } from "@hostout/config";
import type { Origin } from "@hostout/kit";

/** A section that describes a site, before its plugins are loaded. */
export interface SiteSection {
  readonly name: string;
  readonly origin: Origin;
  readonly values: ReadonlyMap<string, Value>;
  /** The section that each inherited option comes from, for options taken by `extends`. */
  readonly sources: ReadonlyMap<string, string>;
}
