import { formatOrigin, type Origin } from "./section/value.ts";

/** The kinds of configuration error, as in the table of docs/reference/configuration.md. */
export type ConfigErrorKind =
  | "missing-file"
  | "decode-error"
  | "no-section-header"
  | "parse-error"
  | "condition-error"
  | "recursive-include"
  | "extended-by"
  | "bad-extends-cache"
  | "missing-cache"
  | "download-error"
  | "offline"
  | "hash-mismatch"
  | "ambiguous-directory"
  | "missing-directory"
  | "bad-boolean"
  | "bad-assignment"
  | "too-large"
  | "macro-loop"
  | "macro-missing-section"
  | "missing-section"
  | "missing-option"
  | "circular"
  | "no-colon"
  | "too-many-colons"
  | "bad-section-name"
  | "bad-option-name";

/** A line of a file, with a marked part. */
export interface Excerpt {
  /** The line. Columns are those of the origin. */
  readonly text: string;
  /** Number of marked characters, from the origin's column on. */
  readonly length: number;
}

/** A place, with its line when hostout can show it. */
export interface Place extends Origin {
  readonly excerpt?: Excerpt;
}

/**
 * One step on the way to an error: a file that extends the faulty file, or a section that needs the faulty
 * section.
 */
export interface Link {
  readonly what: string;
  readonly origin: Origin;
}

/**
 * An error in parts. A part that takes time to compute is a function, called when hostout prints the error.
 */
export interface Fault {
  readonly kind: ConfigErrorKind;
  /** The error in one sentence, without a full stop. */
  readonly message: string;
  readonly place?: Place | (() => Place) | undefined;
  /** The thing to try, in one sentence. */
  readonly hint?: string | (() => string | undefined) | undefined;
  /** The steps from the error to the requested section or file. */
  readonly chain?: readonly Link[] | (() => readonly Link[]) | undefined;
  /** Further errors of the same file or section. */
  readonly others?: readonly ConfigError[] | (() => readonly ConfigError[]) | undefined;
}

/** A configuration error: the failure, its place, the way to it, the thing to try, and further errors. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly kind: ConfigErrorKind;
  readonly #fault: Fault;

  constructor(fault: Fault) {
    super(fault.message);
    this.kind = fault.kind;
    this.#fault = fault;
  }

  get origin(): Origin | undefined {
    return this.place;
  }

  get place(): Place | undefined {
    return settled(this.#fault.place);
  }

  get hint(): string | undefined {
    return settled(this.#fault.hint);
  }

  get chain(): readonly Link[] {
    return settled(this.#fault.chain) ?? [];
  }

  get others(): readonly ConfigError[] {
    return settled(this.#fault.others) ?? [];
  }

  /** Returns the same error with one more step on the way to it, or with further errors beside it. */
  with(more: Pick<Fault, "chain" | "others">): ConfigError {
    return new ConfigError({ ...this.#fault, ...more });
  }

  /**
   * Renders the lines below the message: the place, its line with a marker, the chain, the hint. The further
   * errors follow.
   */
  explain(): readonly string[] {
    const { hint } = this;
    return [
      ...this.#where(),
      ...(hint === undefined ? [] : [`  try: ${hint}`]),
      ...this.others.flatMap((other) => [`also: ${other.message}`, ...other.explain()]),
    ];
  }

  #where(): readonly string[] {
    const { place } = this;
    const links = this.chain.map(({ what, origin }) => `    ${what} at ${formatOrigin(origin)}`);
    // Both ends of a long way are enough.
    const chain = links.length > 12 ? [...links.slice(0, 6), "    …", ...links.slice(-5)] : links;
    return place ? [`  at ${formatOrigin(place)}`, ...showExcerpt(place), ...chain] : chain;
  }

  /** Returns the error as data. */
  toJSON(): object {
    const { place } = this;
    return {
      kind: this.kind,
      message: this.message,
      ...(place && { file: place.file, line: place.line, column: place.column, text: place.excerpt?.text }),
      hint: this.hint,
      chain: this.chain.map(({ what, origin }) => ({ what, file: origin.file, line: origin.line })),
      others: this.others,
    };
  }
}

function settled<T>(value: T | (() => T) | undefined): T | undefined {
  return typeof value === "function" ? (value as () => T)() : value;
}

/** Renders the line with the marked part underlined. Of a long line, shows only the text around the mark. */
function showExcerpt({ excerpt, column = 1 }: Place): readonly string[] {
  if (!excerpt) return [];
  const from = excerpt.text.length > 100 && column > 60 ? column - 40 : 1;
  const part = excerpt.text.slice(from - 1, from + 99);
  const lead = part.slice(0, column - from).replaceAll(/[^\t]/g, " ");
  const marks = Math.max(1, Math.min(excerpt.length, part.length - (column - from)));
  return [`    ${printable(part)}`, `    ${lead}${"^".repeat(marks)}`];
}

/** Replaces control characters, because a terminal would obey them. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is replaced
  return text.replaceAll(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029]/g, "\u00b7");
}
