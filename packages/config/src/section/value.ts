/**
 * A place in a configuration file. `line` and `column` count from 1; a line of 0 is no line of a file: the command line,
 * or what buildout sets by itself.
 */
export interface Origin {
  /** Path or URL, or the name of what is no file. */
  readonly file: string;
  readonly line: number;
  readonly column?: number;
}

/** `file:line:column`, as far as it is known. */
export function formatOrigin({ file, line, column }: Origin): string {
  if (line === 0) return file;
  return column === undefined ? `${file}:${line}` : `${file}:${line}:${column}`;
}

/** What an option's line says it does to the value below it. */
export type Operator = "=" | "+=" | "-=";

/** One setting of an option, as it is written somewhere. */
export interface Step {
  readonly operator: Operator;
  /** The text that is set, added or taken away, before `${}`. */
  readonly text: string;
  readonly origin: Origin;
  /** The section that says it: another one where the option comes by `<=`. */
  readonly section: string;
}

/** A resolved value and where it was last set. */
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
