import type { Host } from "./host.ts";
import type { Site } from "./site.ts";

/** One host of one site: what a command is carried out on. */
export interface Target {
  readonly site: Site;
  readonly host: Host;
}
