import type { Origin, ReadSettings, Value } from "@hostout/config";
import type { Plugin } from "../plugin/plugin.ts";
import type { Host } from "./host.ts";

/** One section that says where something is deployed: options, plugins, hosts. A value. */
export interface Site {
  readonly name: string;
  /** Where the section begins. */
  readonly origin: Origin;
  /** The configuration file it was read from, absolute. */
  readonly config: string;
  /** How that was read: what reads it anew, reads it in the same way. Undefined: as it is by default. */
  readonly readSettings?: Pick<ReadSettings, "assignments" | "userDefaults" | "folder"> | undefined;
  /** All options of the section, resolved, by their name in the file. */
  readonly values: ReadonlyMap<string, Value>;
  readonly hosts: readonly Host[];
  /** Loads another site of the configuration. @throws HostoutError `unknown-site` */
  readonly loadOther?: ((name: string) => Promise<Site>) | undefined;
  /** Values that came from where secrets are kept: never shown. */
  readonly secrets?: readonly string[] | undefined;
  /** From the innermost (hostout-core, under every site) to the outermost. */
  readonly plugins: readonly Plugin[];
}
