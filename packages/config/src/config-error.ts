import { formatOrigin, type Origin } from "./section/value.ts";

/** What can be wrong with a configuration: the table of docs/reference/configuration.md. */
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

/** A line of a file and what of it is meant. */
export interface Excerpt {
  /** The line. Columns are those of the origin. */
  readonly text: string;
  /** Characters that are meant, from the origin's column on. */
  readonly length: number;
}

/** A place, with the line there when it can be shown. */
export interface Place extends Origin {
  readonly excerpt?: Excerpt;
}

/** One step of how a fault is reached: a file that extends the faulty one, a section that needs it. */
export interface Link {
  readonly what: string;
  readonly origin: Origin;
}

/** A fault, said in parts. What costs time to find is a function, called when the fault is told. */
export interface Fault {
  readonly kind: ConfigErrorKind;
  /** What is wrong, one sentence without a full stop. */
  readonly message: string;
  readonly place?: Place | (() => Place) | undefined;
  /** What to try, one sentence. */
  readonly hint?: string | (() => string | undefined) | undefined;
  /** From the fault to what was asked for. */
  readonly chain?: readonly Link[] | (() => readonly Link[]) | undefined;
  /** Further faults of the same file or section. */
  readonly others?: readonly ConfigError[] | (() => readonly ConfigError[]) | undefined;
}

/** A fault of a configuration: what, where, how it is reached, what to try, and what else is wrong beside it. */
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

  /** The same fault, reached over one more step, or with others beside it. */
  with(more: Pick<Fault, "chain" | "others">): ConfigError {
    return new ConfigError({ ...this.#fault, ...more });
  }

  /** Lines below the message: the place, the line there with a marker, the chain, the hint; then the others. */
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
    // Of a long way, both ends tell enough.
    const chain = links.length > 12 ? [...links.slice(0, 6), "    …", ...links.slice(-5)] : links;
    return place ? [`  at ${formatOrigin(place)}`, ...showExcerpt(place), ...chain] : chain;
  }

  /** As data. */
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

/** The line with what is meant marked below it; of a long line, the part around the mark. */
function showExcerpt({ excerpt, column = 1 }: Place): readonly string[] {
  if (!excerpt) return [];
  const from = excerpt.text.length > 100 && column > 60 ? column - 40 : 1;
  const part = excerpt.text.slice(from - 1, from + 99);
  const lead = part.slice(0, column - from).replaceAll(/[^\t]/g, " ");
  const marks = Math.max(1, Math.min(excerpt.length, part.length - (column - from)));
  return [`    ${printable(part)}`, `    ${lead}${"^".repeat(marks)}`];
}

/** Control characters would do things to a terminal. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is replaced
  return text.replaceAll(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029]/g, "\u00b7");
}
