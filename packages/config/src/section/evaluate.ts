import { ConfigError } from "../config-error.ts";
import { type Expander, type MergedConfig, shorten } from "./expand.ts";
import { placeOf } from "./find-needs.ts";
import { hasReferences, type Piece, piecesOf, type Reference } from "./reference.ts";

/**
 * Maximum characters that references may insert, over the whole configuration. Values that refer twice to
 * others double at each level.
 */
const mostCharacters = 64 * 1024 * 1024;

interface Frame {
  readonly section: string;
  readonly name: string;
  readonly key: string;
  readonly pieces: readonly Piece[];
  at: number;
  text: string;
}

/**
 * Replaces references, each option once. Uses a loop instead of recursion, because chains of references may
 * be long.
 */
export class Evaluator {
  readonly #config: MergedConfig;
  readonly #expander: Expander;
  readonly #texts = new Map<string, string>();
  readonly #circles = new Map<string, ConfigError>();
  #characters = 0;

  constructor(config: MergedConfig, expander: Expander) {
    this.#config = config;
    this.#expander = expander;
  }

  /**
   * Returns the text of an existing option. Omits references that do not resolve, because another check
   * reports them.
   */
  textOf(section: string, name: string): string {
    const { text } = this.#expander.expand(section).options.get(name)!;
    if (!hasReferences(text)) return text;
    const first = keyOf(section, name);
    const known = this.#texts.get(first);
    if (known !== undefined) return known;
    const stack = [this.#frame(section, name)];
    const open = new Set([first]);
    for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
      const next = this.#advance(frame);
      if (next && open.has(next.key)) {
        this.#circle(stack, next);
        this.#texts.set(next.key, "");
      } else if (next) {
        stack.push(next);
        open.add(next.key);
      } else {
        this.#keep(frame);
        open.delete(frame.key);
        stack.pop();
      }
    }
    return this.#texts.get(first)!;
  }

  /** Returns the circle that contains an option. Call this after {@link textOf}. */
  circleOf(section: string, name: string): ConfigError | undefined {
    return this.#circles.get(keyOf(section, name));
  }

  #frame(section: string, name: string): Frame {
    const { text } = this.#expander.expand(section).options.get(name)!;
    return { section, name, key: keyOf(section, name), pieces: piecesOf(text), at: 0, text: "" };
  }

  /** Joins texts up to a reference whose text is not yet known, and returns that reference. */
  #advance(frame: Frame): Frame | undefined {
    for (; frame.at < frame.pieces.length; frame.at++) {
      const piece = frame.pieces[frame.at]!;
      if (typeof piece === "string") frame.text += piece;
      else if (!("fault" in piece)) {
        const section = piece.section || frame.section;
        const options = this.#config.sections.has(section) && this.#expander.expand(section).options;
        if (!options) continue;
        const option = options.get(piece.option);
        if (option) {
          const known = hasReferences(option.text)
            ? this.#texts.get(keyOf(section, piece.option))
            : option.text;
          if (known === undefined) return this.#frame(section, piece.option);
          frame.text += known;
          // The section that has the reference, also in `${other:_buildout_section_name_}`.
        } else if (piece.option === "_buildout_section_name_") frame.text += frame.section;
      }
    }
    return undefined;
  }

  #keep({ section, name, key, text }: Frame): void {
    this.#characters += text.length;
    if (this.#characters > mostCharacters) throw this.#tooLong(section, name);
    this.#texts.set(key, text);
  }

  #circle(stack: readonly Frame[], next: Frame): void {
    const frames = stack.slice(stack.findIndex(({ key }) => key === next.key));
    const { section, name, pieces, at } = stack.at(-1)!;
    const option = this.#expander.expand(section).options.get(name)!;
    const names = shorten([...frames, next].map((frame) => `${frame.section}:${frame.name}`));
    const fault = new ConfigError({
      kind: "circular",
      message: `values refer to each other in a circle: ${names.join(" → ")}`,
      place: () => placeOf((pieces[at] as Reference).written, { option }, this.#config),
      hint: "Write one of them without a reference.",
    });
    for (const { key } of frames) this.#circles.set(key, fault);
  }

  #tooLong(section: string, name: string): ConfigError {
    const { step } = this.#expander.expand(section).options.get(name)!;
    return new ConfigError({
      kind: "too-large",
      message: `${section}:${name}: references put in more than ${mostCharacters} characters, all together`,
      place: () => this.#config.sources.line(step.origin),
      hint: "Values that refer to another twice, one over the other, double each time.",
    });
  }
}

/** Makes the key of an option. A colon is safe, because names of sections have none. */
function keyOf(section: string, option: string): string {
  return `${section}:${option}`;
}
