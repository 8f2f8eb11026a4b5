/** What completion knows of a project: names only, so that it can be kept. */
export interface CompletionFacts {
  /** Every section of the configuration. */
  readonly sections: readonly string[];
  readonly sites: Readonly<Record<string, CompletionSite>>;
  /** Names and globs, by the name of the group. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
  /** What `all` means. */
  readonly all: readonly string[];
}

/** The commands of a site, each with its own flags as they are written. Empty for a site that cannot be had. */
export type CompletionSite = Readonly<Record<string, readonly string[]>>;
