import { type Plugin, parseHosts, type Site } from "@hostout/kit";

/** A site without a file. */
export interface FakeSiteSettings {
  /** Default `site`. */
  readonly name?: string;
  /** As in the option `host`. Default `web1`. */
  readonly hosts?: string;
  /** From the innermost to the outermost. */
  readonly plugins: readonly Plugin[];
  /** As in the file: `{ "stop-timeout": "5s" }`. */
  readonly options?: Readonly<Record<string, string>>;
  /** Absolute path of the imaginary configuration file. Default `/project/hostout.cfg`. No code reads it. */
  readonly config?: string;
}

/** Makes a site as if read from a file in which each option has a line of its own. */
export function fakeSite({
  name = "site",
  hosts = "web1",
  plugins,
  options = {},
  config = "/project/hostout.cfg",
}: FakeSiteSettings): Site {
  const all = { host: hosts, ...options };
  const values = Object.entries(all).map(
    ([key, text], index) => [key, { text, origin: { file: config, line: index + 2 } }] as const,
  );
  return {
    name,
    origin: { file: config, line: 1 },
    config,
    values: new Map(values),
    hosts: parseHosts(all.host, options.user),
    plugins,
  };
}
