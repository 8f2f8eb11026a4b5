import type { Config } from "./read-config.ts";
import { textOf } from "./text-of.ts";

/** Parts of a buildout without the sites among them, as collective.hostout had it: hostout is no recipe. Undefined where there are none. */
export function partsWithoutSites(config: Config): readonly string[] | undefined {
  const parts = textOf(config, "buildout", "parts").split(/\s+/).filter(Boolean);
  const kept = parts.filter(
    (part) => !/^collective\.(?:recipe\.)?hostout(?::|$)/.test(textOf(config, part, "recipe").trim()),
  );
  return kept.length < parts.length ? kept : undefined;
}
