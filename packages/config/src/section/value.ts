/**
 * A place in a configuration file. `line` and `column` count from 1. A `line` of 0 means no file: the command
 * line, or buildout's own defaults.
 */
export interface Origin {
  /** Path or URL, or a name such as `the command line`. */
  readonly file: string;
  readonly line: number;
  readonly column?: number;
}

/** Formats an origin as `file:line:column`, with its known parts. */
export function formatOrigin({ file, line, column }: Origin): string {
  if (line === 0) return file;
  return column === undefined ? `${file}:${line}` : `${file}:${line}:${column}`;
}

/** The operator of an option's line, which changes the value of the layer below. */
export type Operator = "=" | "+=" | "-=";

/** One setting of an option, as written in one place. */
export interface Step {
  readonly operator: Operator;
  /** The text that the step sets, adds or removes, before `${}`. */
  readonly text: string;
  readonly origin: Origin;
  /**
   * The section that contains the step. Differs from the option's section for an option inherited by `<=`.
   */
  readonly section: string;
}

/** A resolved value and the place of its last setting. */
export interface Value {
  readonly text: string;
  readonly origin: Origin;
}

/** One section, resolved. */
export interface Section {
  readonly name: string;
  /** The first header of that name. */
  readonly origin: Origin;
  readonly options: ReadonlyMap<string, Value>;
}
