import type { ConfigError } from "./config-error.ts";
import type { Origin, Section, Step, Value } from "./section/value.ts";

/** All sections after inheritance and substitution; each is resolved when it is asked for. */
export interface Config {
  /** Absolute, or a URL. */
  readonly file: string;
  /** All files and URLs that were read, the lowest first, each once. */
  readonly files: readonly string[];
  /** Those of them that came from an address with a pin (`#sha256=`). */
  readonly pinned: readonly string[];
  /** What came from addresses, by the address with its pin. */
  readonly downloads: ReadonlyMap<string, Download>;
  /** Whether the file, or one that it extends, sets something in [buildout] besides `extends`. */
  readonly isBuildout: boolean;
  /** In the order in which they first appear. */
  readonly sectionNames: readonly string[];
  /** @throws ConfigError when the section is not there or does not resolve; its `others` are all further faults */
  readonly section: (name: string) => Section;
  /**
   * One option, whatever else is wrong with its section. Undefined when it is not set.
   *
   * @throws ConfigError when it does not resolve
   */
  readonly option: (section: string, option: string) => Value | undefined;
  /** Where a section begins: its first header. */
  readonly origin: (section: string) => Origin | undefined;
  /** The merged options of a section, before `<` and `${}`; operators that wait for `<` stay in the names. */
  readonly raw: (section: string) => ReadonlyMap<string, string>;
  /** All that made an option what it is, the lowest layer first. */
  readonly history: (section: string, option: string) => readonly Step[];
  /** The options that an option refers to by `${section:option}`. */
  readonly references: (
    section: string,
    option: string,
  ) => readonly { readonly section: string; readonly option: string }[];
  /** Sections as they read where the folder of the buildout is another one: `${buildout:directory}` is that. */
  readonly inFolder: (directory: string) => Pick<Config, "section">;
  /** Why addresses in `extends` were left out, with `withoutDead`. */
  readonly dead: readonly ConfigError[];
  /** What was left out or is not as it was wanted: a missing optional file, an old copy of a URL. */
  readonly notes: readonly Note[];
}

/** A file that came from an address. */
export interface Download {
  /** The address as it is in `files`: without its pin and a password. */
  readonly file: string;
  readonly text: string;
}

export interface Note {
  readonly message: string;
  readonly origin: Origin | undefined;
}
