import type { Config } from "../config.ts";
import { canonicalName } from "./canonical-name.ts";
import { textOf } from "./text-of.ts";
import type { Origin } from "./value.ts";

/** An egg of a part without a version. */
export interface UnpinnedEgg {
  readonly name: string;
  /** The place of the part's `eggs`. */
  readonly origin: Origin | undefined;
}

/**
 * Finds the eggs of a buildout's parts that have no version of their own or in `pinned`, each once. Omits
 * options that do not resolve.
 *
 * @param pinned names, in any spelling
 */
export function unpinnedEggs(config: Config, pinned: Iterable<string>): readonly UnpinnedEgg[] {
  const pins = new Set([...pinned].map(canonicalName));
  const found = new Map<string, Origin | undefined>();
  for (const part of textOf(config, "buildout", "parts").split(/\s+/).filter(Boolean))
    for (const line of textOf(config, part, "eggs").split("\n").filter(Boolean)) {
      const name = /^[A-Za-z0-9][\w.-]*/.exec(line)?.[0];
      if (name === undefined || line.includes("==") || pins.has(canonicalName(name))) continue;
      found.set(name, config.history(part, "eggs").at(-1)?.origin);
    }
  return [...found].map(([name, origin]) => ({ name, origin }));
}
