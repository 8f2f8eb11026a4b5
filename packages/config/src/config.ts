import type { ConfigError } from "./config-error.ts";
import type { Origin, Section, Step, Value } from "./section/value.ts";

/** All sections after inheritance and substitution. Each is resolved on its first use. */
export interface Config {
  /** An absolute path, or a URL. */
  readonly file: string;
  /** All files and URLs of the configuration, the lowest first, each once. */
  readonly files: readonly string[];
  /** The files that came from an address with a pin (`#sha256=`). */
  readonly pinned: readonly string[];
  /** The files from addresses, by the address with its pin. */
  readonly downloads: ReadonlyMap<string, Download>;
  /** Whether the file, or one that it extends, sets an option in [buildout] other than `extends`. */
  readonly isBuildout: boolean;
  /** In the order in which they first appear. */
  readonly sectionNames: readonly string[];
  /**
   * Returns a section.
   *
   * @throws ConfigError when the section does not exist or does not resolve. Its `others` hold all further
   * errors.
   */
  readonly section: (name: string) => Section;
  /**
   * Returns one option, whatever other errors its section has. Undefined when it is not set.
   *
   * @throws ConfigError when the option does not resolve
   */
  readonly option: (section: string, option: string) => Value | undefined;
  /** Returns the start of a section: its first header. */
  readonly origin: (section: string) => Origin | undefined;
  /**
   * Returns the merged options of a section, before `<` and `${}`. Names keep their operators until `<` is
   * expanded.
   */
  readonly raw: (section: string) => ReadonlyMap<string, string>;
  /** Returns all steps that made the value of an option, the lowest layer first. */
  readonly history: (section: string, option: string) => readonly Step[];
  /** Returns the options that an option refers to by `${section:option}`. */
  readonly references: (
    section: string,
    option: string,
  ) => readonly { readonly section: string; readonly option: string }[];
  /** Returns sections as they read with another buildout folder, the value of `${buildout:directory}`. */
  readonly inFolder: (directory: string) => Pick<Config, "section">;
  /** The reasons for the addresses in `extends` that were left out, with `withoutDead`. */
  readonly dead: readonly ConfigError[];
  /** Deviations that do not stop the reading: a missing optional file, an old copy of a URL. */
  readonly notes: readonly Note[];
}

/** A file that came from an address. */
export interface Download {
  /** The address as in `files`: without its pin and without a password. */
  readonly file: string;
  readonly text: string;
}

export interface Note {
  readonly message: string;
  readonly origin: Origin | undefined;
}
