/** A place in a configuration file. `line` counts from 1. */
export interface Origin {
  readonly file: string;
  readonly line: number;
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
