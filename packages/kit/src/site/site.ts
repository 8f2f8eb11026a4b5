import type { Origin, ReadSettings, Value } from "@hostout/config";
import type { Plugin } from "../plugin/plugin.ts";
import type { Host } from "./host.ts";

/** One section that describes a deployment: options, plugins, hosts. A value. */
export interface Site {
  readonly name: string;
  /** Start of the section. */
  readonly origin: Origin;
  /** The configuration file of the section, as an absolute path. */
  readonly config: string;
  /** The settings of the first read, for code that reads the file again. Undefined: the defaults. */
  readonly readSettings?: Pick<ReadSettings, "assignments" | "userDefaults" | "folder"> | undefined;
  /** All options of the section, resolved, by their name in the file. */
  readonly values: ReadonlyMap<string, Value>;
  readonly hosts: readonly Host[];
  /** Loads another site of the configuration. @throws HostoutError `unknown-site` */
  readonly loadOther?: ((name: string) => Promise<Site>) | undefined;
  /** Values from secret sources. Output never shows them. */
  readonly secrets?: readonly string[] | undefined;
  /** From the innermost (hostout-core, under every site) to the outermost. */
  readonly plugins: readonly Plugin[];
}
