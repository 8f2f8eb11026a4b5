import type { Host } from "./host.ts";
import type { Site } from "./site.ts";

/** One host of one site: the place where a command runs. */
export interface Target {
  readonly site: Site;
  readonly host: Host;
}
