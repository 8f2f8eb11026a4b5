import type { Config } from "../config.ts";
import { canonicalName } from "./canonical-name.ts";
import { textOf } from "./text-of.ts";
import type { Origin } from "./value.ts";

/** An egg of a part that no version is said of. */
export interface UnpinnedEgg {
  readonly name: string;
  /** Of the part's `eggs`. */
  readonly origin: Origin | undefined;
}

/**
 * Eggs of the parts of a buildout without a version of their own or among `pinned`, each once. What does not resolve is left out.
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
