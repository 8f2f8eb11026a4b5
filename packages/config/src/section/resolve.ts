import { ConfigError, type Link } from "../config-error.ts";
import { didYouMean } from "../near-miss.ts";
import { Evaluator } from "./evaluate.ts";
import { Expander, type MergedConfig } from "./expand.ts";
import { findNeeds } from "./find-needs.ts";
import { hasReferences, piecesOf } from "./reference.ts";
import type { Section, Step, Value } from "./value.ts";

/**
 * The analysis of a section: its own errors, and the sections that it needs, each with the first place that
 * needs it.
 */
interface Analysis {
  readonly name: string;
  readonly faults: readonly ConfigError[];
  readonly needs: ReadonlyMap<string, Link>;
}

/**
 * The reason that a section does not resolve: the error, and the way to it if another section has the error.
 */
interface Breakage {
  readonly fault: ConfigError;
  readonly way?: { readonly next: string; readonly link: Link };
}

/**
 * Resolves sections on demand: first `<`, then `${section:option}`. The cost is linear in the size of the
 * configuration and of the result.
 *
 * A section that refers to another one needs all of it, as in zc.buildout. An error there is also an error
 * here.
 */
export class Resolver {
  readonly #config: MergedConfig;
  readonly #expander: Expander;
  readonly #evaluator: Evaluator;
  readonly #analyses = new Map<string, Analysis>();
  readonly #broken = new Map<string, Breakage>();
  readonly #sections = new Map<string, Section>();

  constructor(config: MergedConfig) {
    this.#config = config;
    this.#expander = new Expander(config);
    this.#evaluator = new Evaluator(config, this.#expander);
  }

  /**
   * Resolves a section.
   *
   * @throws ConfigError the first error of the section and of the sections that it needs. Its `others` hold
   * the rest.
   */
  section(name: string): Section {
    const known = this.#sections.get(name);
    if (known) return known;
    if (!this.#config.sections.has(name)) throw this.#noSection(name);
    if (!this.#analyses.has(name)) this.#settle(name);
    const breakage = this.#broken.get(name);
    if (breakage) throw this.#explain(name, breakage);
    const options = new Map<string, Value>();
    for (const [key, { step }] of this.#expander.expand(name).options)
      options.set(key, { text: this.#evaluator.textOf(name, key), origin: step.origin });
    const section = { name, origin: this.#config.headers.get(name)!, options };
    this.#sections.set(name, section);
    return section;
  }

  /**
   * Resolves one option, whatever other errors exist.
   *
   * @throws ConfigError when this option does not resolve
   */
  option(section: string, name: string): Value | undefined {
    if (!this.#config.sections.has(section)) return undefined;
    const { options, fault } = this.#expander.expand(section);
    const option = options.get(name);
    const wrong = fault ?? (option && this.#firstFault(section, name));
    if (wrong) throw wrong;
    return option && { text: this.#evaluator.textOf(section, name), origin: option.step.origin };
  }

  history(section: string, name: string): readonly Step[] {
    return this.#optionsOf(section)?.get(name)?.history ?? [];
  }

  references(
    section: string,
    name: string,
  ): readonly { readonly section: string; readonly option: string }[] {
    const text = this.#optionsOf(section)?.get(name)?.text ?? "";
    return piecesOf(text).flatMap((piece) =>
      typeof piece === "string" || "fault" in piece
        ? []
        : [{ section: piece.section || section, option: piece.option }],
    );
  }

  #optionsOf(section: string) {
    return this.#config.sections.has(section) ? this.#expander.expand(section).options : undefined;
  }

  /**
   * Finds out whether a section resolves, with all sections that it needs. Skips the sections that were
   * analysed before.
   */
  #settle(name: string): void {
    const reached: Analysis[] = [];
    const names = new Set([name]);
    for (const next of names) {
      if (this.#analyses.has(next)) continue;
      const analysis = this.#analyse(next);
      this.#analyses.set(next, analysis);
      reached.push(analysis);
      for (const needed of analysis.needs.keys()) names.add(needed);
    }
    this.#spread(reached);
  }

  #analyse(section: string): Analysis {
    const { options, fault } = this.#expander.expand(section);
    if (fault) return { name: section, faults: [fault], needs: new Map() };
    const faults = new Set<ConfigError>();
    const needs = new Map<string, Link>();
    for (const [name, option] of options) {
      for (const need of findNeeds({ section, name, option }, this.#config, this.#expander)) {
        if ("fault" in need) faults.add(need.fault);
        else if (need.section !== section && !needs.has(need.section))
          needs.set(need.section, { what: `needed by ${section}:${name}`, origin: option.step.origin });
      }
      if (!hasReferences(option.text)) continue;
      this.#evaluator.textOf(section, name);
      const circle = this.#evaluator.circleOf(section, name);
      if (circle) faults.add(circle);
    }
    return { name: section, faults: [...faults], needs };
  }

  /** Spreads errors from the sections that have them to the sections that need those. */
  #spread(reached: readonly Analysis[]): void {
    const users = new Map<string, { readonly user: string; readonly link: Link }[]>();
    for (const { name, needs } of reached)
      for (const [needed, link] of needs) {
        const known = users.get(needed);
        if (known) known.push({ user: name, link });
        else users.set(needed, [{ user: name, link }]);
      }
    for (const { name, faults } of reached) if (faults[0]) this.#broken.set(name, { fault: faults[0] });
    const found = new Set(
      [...reached.map(({ name }) => name), ...users.keys()].filter((name) => this.#broken.has(name)),
    );
    for (const next of found)
      for (const { user, link } of users.get(next) ?? []) {
        if (!this.#broken.has(user))
          this.#broken.set(user, { fault: this.#broken.get(next)!.fault, way: { next, link } });
        found.add(user);
      }
  }

  /** Finds the first error of an option, in its own value or through its references. */
  #firstFault(section: string, name: string): ConfigError | undefined {
    const uses = new Map([[`${section}:${name}`, { section, name }]]);
    for (const use of uses.values()) {
      const { options, fault } = this.#expander.expand(use.section);
      if (fault) return fault;
      const option = options.get(use.name);
      // Another check already reported a missing option at its reference, or the name is that of the section.
      if (!option) continue;
      const wrong = findNeeds({ ...use, option }, this.#config, this.#expander).find(
        (need) => "fault" in need,
      );
      if (wrong) return wrong.fault;
      this.#evaluator.textOf(use.section, use.name);
      const circle = this.#evaluator.circleOf(use.section, use.name);
      if (circle) return circle;
      for (const next of this.references(use.section, use.name))
        uses.set(`${next.section}:${next.option}`, { section: next.section, name: next.option });
    }
    return undefined;
  }

  #explain(name: string, { fault }: Breakage): ConfigError {
    const chain = () => [...fault.chain, ...this.#wayFrom(name)];
    const others = () => this.#allFaults(name).filter(({ message }) => message !== fault.message);
    return fault.with({ chain, others });
  }

  #wayFrom(name: string): readonly Link[] {
    const links: Link[] = [];
    for (let way = this.#broken.get(name)!.way; way; way = this.#broken.get(way.next)!.way)
      links.push(way.link);
    return links.reverse();
  }

  /**
   * Returns all errors of a section and the sections that it needs, each once. An inherited error would
   * otherwise appear again in each section.
   */
  #allFaults(name: string): readonly ConfigError[] {
    const faults = new Map<string, ConfigError>();
    const names = new Set([name]);
    for (const next of names) {
      const { faults: own, needs } = this.#analyses.get(next)!;
      for (const fault of own) if (!faults.has(fault.message)) faults.set(fault.message, fault);
      for (const needed of needs.keys()) if (this.#broken.has(needed)) names.add(needed);
    }
    return [...faults.values()];
  }

  #noSection(name: string): ConfigError {
    return new ConfigError({
      kind: "missing-section",
      message: `there is no section '${name}'`,
      hint: () => didYouMean(name, this.#config.sections.keys()),
    });
  }
}
