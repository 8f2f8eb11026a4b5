import type { OnHost } from "../options.ts";

/** Whether the site has lines of its own for hostout-core to run, in one of these options or under an old name of it. */
export function hasLines({ site }: OnHost, ...names: readonly string[]): boolean {
  return names.some((name) =>
    [name, name.replaceAll("-", "_")].some((key) => (site.values.get(key)?.text.trim() ?? "") !== ""),
  );
}
