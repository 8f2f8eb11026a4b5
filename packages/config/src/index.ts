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
  readonly origin: Origin;
  readonly options: ReadonlyMap<string, Value>;
}

/** All sections after inheritance and substitution; each is resolved when it is asked for. */
export interface Config {
  /** Absolute. */
  readonly file: string;
  readonly sectionNames: readonly string[];
  /** @throws ConfigError when the section does not resolve */
  readonly section: (name: string) => Section;
}
