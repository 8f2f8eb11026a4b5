import { ConfigError, type Link } from "../config-error.ts";
import { didYouMean } from "../near-miss.ts";
import { type MergedOption, type MergedSection, overlayOwn } from "../text/merge.ts";
import type { Sources } from "../text/sources.ts";
import { strip } from "../text/white-space.ts";
import type { Origin } from "./value.ts";

/** All sections, merged but not resolved. */
export interface MergedConfig {
  readonly sections: ReadonlyMap<string, MergedSection>;
  readonly headers: ReadonlyMap<string, Origin>;
  readonly sources: Sources;
}

/** A section with the options that it inherits by `<=`. After an error, its options are unknown. */
export interface ExpandedSection {
  readonly options: ReadonlyMap<string, MergedOption>;
  readonly fault?: ConfigError;
}

/**
 * Maximum number of options that sections inherit, in total. In a long chain, each section inherits all
 * options below it.
 */
const mostOptions = 5_000_000;

/**
 * Expands `<=`, each section once and after the sections that it inherits from. Uses a loop instead of
 * recursion, because chains may be long.
 */
export class Expander {
  readonly #config: MergedConfig;
  readonly #done = new Map<string, ExpandedSection>();
  #options = 0;

  constructor(config: MergedConfig) {
    this.#config = config;
  }

  /** Expands a section, which must exist. */
  expand(name: string): ExpandedSection {
    const path = [name];
    const open = new Set(path);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const base = this.#done.has(top) ? undefined : this.#basesOf(top).find((one) => this.#isToDo(one));
      if (base !== undefined && open.has(base)) {
        const circle = path.slice(path.indexOf(base));
        const fault = this.#loop([...circle, base]);
        for (const section of circle) this.#done.set(section, { options: new Map(), fault });
      } else if (base !== undefined) {
        path.push(base);
        open.add(base);
      } else {
        if (!this.#done.has(top)) this.#done.set(top, this.#inherit(top));
        path.pop();
        open.delete(top);
      }
    }
    return this.#done.get(name)!;
  }

  #isToDo(name: string): boolean {
    return this.#config.sections.has(name) && !this.#done.has(name);
  }

  /** Returns the option `<` of a section. In `[buildout]`, `<` is an ordinary option. */
  #inheritOf(name: string): MergedOption | undefined {
    return name === "buildout" ? undefined : this.#config.sections.get(name)?.get("<");
  }

  /** Returns the sections that a section inherits from. Line ends separate their names. */
  #basesOf(name: string): readonly string[] {
    const lines = this.#inheritOf(name)?.text.split("\n") ?? [];
    return lines.map(strip).filter((line) => line !== "");
  }

  #inherit(name: string): ExpandedSection {
    const own = this.#config.sections.get(name)!;
    const inherit = this.#inheritOf(name);
    if (!inherit) return { options: own };
    const base: MergedSection = new Map();
    for (const line of this.#basesOf(name)) {
      const below = this.#done.get(line);
      const fault = below
        ? below.fault && reachedBy(below.fault, name, line, inherit)
        : this.#noBase(name, line, inherit);
      if (fault) return { options: new Map(), fault };
      this.#options += below!.options.size;
      if (this.#options > mostOptions) return { options: new Map(), fault: this.#tooMany(name, inherit) };
      for (const [key, option] of below!.options) base.set(key, option.replacing(base.get(key)));
    }
    overlayOwn(base, own);
    base.delete("<");
    return { options: base };
  }

  #noBase(name: string, base: string, inherit: MergedOption): ConfigError {
    const step = inherit.history.findLast(({ text }) => text.includes(base)) ?? inherit.step;
    return new ConfigError({
      kind: "macro-missing-section",
      message: `[${name}] takes the options of '${base}', which is not a section`,
      place: () => this.#config.sources.find(step.origin, base),
      hint: () =>
        /\s/.test(base)
          ? "Names of several sections go on lines of their own."
          : didYouMean(base, this.#config.sections.keys()),
    });
  }

  #loop(circle: readonly string[]): ConfigError {
    const links = circle.slice(0, -1).map((name, index): Link => {
      return { what: `[${name}] <= ${circle[index + 1]}`, origin: this.#inheritOf(name)!.step.origin };
    });
    return new ConfigError({
      kind: "macro-loop",
      message: `sections take each other's options in a circle: ${shorten(circle).join(" <= ")}`,
      place: () => this.#config.sources.line(links.at(-1)!.origin),
      chain: links,
      hint: "Take one of these names out of <=.",
    });
  }

  #tooMany(name: string, { step }: MergedOption): ConfigError {
    return new ConfigError({
      kind: "too-large",
      message: `[${name}]: sections take more than ${mostOptions} options of others, all together`,
      place: () => this.#config.sources.line(step.origin),
      hint: "Take options of fewer sections, one over the other.",
    });
  }
}

/** Adds a step to the error of a section that another section inherits from. */
function reachedBy(fault: ConfigError, name: string, base: string, { step }: MergedOption): ConfigError {
  const { chain } = fault;
  // The first steps of a long way are enough.
  if (chain.length > 20) return fault;
  return fault.with({ chain: [...chain, { what: `[${name}] <= ${base}`, origin: step.origin }] });
}

/** Leaves out the middle of a long list. */
export function shorten(names: readonly string[]): readonly string[] {
  return names.length > 20 ? [...names.slice(0, 10), "…", ...names.slice(-9)] : names;
}
