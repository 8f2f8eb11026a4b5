import type { Workshop } from "@hostout/scm";

/** What a development package says of itself. */
export interface PackageFacts {
  readonly name: string;
  readonly version: string;
}

/** How packages of one kind are built. All of it happens in a copy. */
export interface Builder {
  /** What is made, for the progress. */
  readonly product: string;
  /** What else than the content decides on the built file: its kind, and what builds it. */
  readonly by: string;
  readonly facts: (copy: string, workshop: Workshop) => Promise<PackageFacts>;
  /** The version of a release of it: each content has its own, and a later count is a greater one. */
  readonly versionOf: (own: string, count: number, hash: string) => string;
  /** Builds the copy into one file in a folder of its own, and says what it is. */
  readonly build: (copy: string, release: PackageFacts, into: string, workshop: Workshop) => Promise<string>;
}
