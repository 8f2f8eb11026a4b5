/** The facts of a project that completion needs: only names, so that a cache can keep them. */
export interface CompletionFacts {
  /** Every section of the configuration. */
  readonly sections: readonly string[];
  readonly sites: Readonly<Record<string, CompletionSite>>;
  /** The members of each group: names and globs. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
  /** The sites of `all`. */
  readonly all: readonly string[];
}

/** The commands of a site, each with its own flags as typed. Empty for a site with an error. */
export type CompletionSite = Readonly<Record<string, readonly string[]>>;
