import type { RawFile, RawOption } from "../read/parse-file.ts";
import type { Step } from "../section/value.ts";

/** One option over all layers so far: a step on the option below. Computes its text on first use. */
export class MergedOption {
  readonly step: Step;
  readonly #below: MergedOption | undefined;
  /** Whether `+=` and `-=` begin here, in a section that no layer below has. */
  readonly #begins: boolean;
  #text: string | undefined;

  constructor(step: Step, below?: MergedOption, begins = false) {
    this.step = step;
    this.#below = below;
    this.#begins = begins;
  }

  /** The text after all operators, before `${}`. */
  get text(): string {
    if (this.#text !== undefined) return this.#text;
    const steps: MergedOption[] = [];
    // A loop instead of recursion, because a configuration may have thousands of layers.
    let option: MergedOption | undefined = this;
    while (option !== undefined && option.#text === undefined) {
      steps.push(option);
      option = option.step.operator === "=" ? undefined : option.#below;
    }
    let text = option === undefined ? "" : (option.#text ?? "");
    for (const one of steps.reverse()) text = operate(one.step, text, one.#begins);
    this.#text = text;
    return text;
  }

  /** All steps, the lowest first. */
  get history(): readonly Step[] {
    const steps: Step[] = [];
    for (let option: MergedOption | undefined = this; option; option = option.#below) steps.push(option.step);
    return steps.reverse();
  }

  /** Returns the same steps with another final text. */
  withText(text: string): MergedOption {
    const option = new MergedOption(this.step, this.#below, this.#begins);
    option.#text = text;
    return option;
  }

  /** Returns the same text. Its history starts with the option of `base` that it replaces. */
  replacing(base: MergedOption | undefined): MergedOption {
    if (!base) return this;
    let option = base;
    for (const step of this.history) option = new MergedOption(step, option);
    return option.withText(this.text);
  }
}

function operate({ operator, text }: Step, before: string, begins: boolean): string {
  if (operator === "=") return text;
  if (begins) return operator === "+=" ? text : "";
  if (operator === "+=") return `${before}\n${text}`;
  const gone = new Set(text.split("\n"));
  return before
    .split("\n")
    .filter((line) => !gone.has(line))
    .join("\n");
}

/**
 * Options of a merged section. `eggs +` and `eggs -` remain only in a section with `<`, until that is
 * expanded.
 */
export type MergedSection = Map<string, MergedOption>;

/** Merges one layer of sections into another, which changes. */
export function mergeLayer(into: Map<string, MergedSection>, layer: Pick<RawFile, "sections">): void {
  for (const [name, section] of layer.sections) {
    const known = into.get(name);
    if (known) overlay(known, section);
    else into.set(name, begin(section));
  }
}

/**
 * Starts a new section. With `<`, keeps it unchanged. Otherwise reads `a += x` as `a = x`, and `a -= x` as an
 * empty `a`.
 */
function begin(section: ReadonlyMap<string, RawOption>): MergedSection {
  const result: MergedSection = new Map();
  if (section.has("<")) {
    for (const [key, option] of section) result.set(key, new MergedOption(option));
    return result;
  }
  for (const sign of ["=", "+", "-"]) {
    for (const [key, option] of section) {
      if (option.operator[0] !== sign) continue;
      const name = plainName(key, option);
      const below = result.get(name);
      result.set(name, new MergedOption(option, below, below === undefined && option.operator !== "="));
    }
  }
  return result;
}

/**
 * Merges options into those of `below`, which changes. First all `=`, then `+=`, then `-=`, as buildout does.
 */
function overlay(below: MergedSection, above: ReadonlyMap<string, RawOption>): void {
  for (const sign of ["=", "+", "-"]) {
    for (const [key, option] of above) {
      if (option.operator[0] !== sign) continue;
      const name = plainName(key, option);
      below.set(name, new MergedOption(option, below.get(name)));
    }
  }
}

/** Merges the own options of a section into those that it inherits by `<=`. */
export function overlayOwn(base: MergedSection, own: ReadonlyMap<string, MergedOption>): void {
  for (const sign of [undefined, "+", "-"]) {
    for (const [key, option] of own) {
      const [, name = key, found] = /^(.*) ([-+])$/s.exec(key) ?? [];
      if (found !== sign) continue;
      const below = base.get(name);
      base.set(name, sign === undefined ? option.replacing(below) : new MergedOption(option.step, below));
    }
  }
}

function plainName(key: string, { operator }: RawOption): string {
  return operator === "=" ? key : key.slice(0, -2);
}
