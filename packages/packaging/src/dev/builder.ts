import type { Workshop } from "@hostout/scm";

/** Name and version of a development package, from its own files. */
export interface PackageFacts {
  readonly name: string;
  readonly version: string;
}

/** The builder of one kind of packages. Every build runs in a copy. */
export interface Builder {
  /** The product, for the progress. */
  readonly product: string;
  /** The influences on the built file besides its content: its kind and its build tool. */
  readonly by: string;
  readonly facts: (copy: string, workshop: Workshop) => Promise<PackageFacts>;
  /** Returns the version of a release. Each content has its own version, and a later count gives a greater one. */
  readonly versionOf: (own: string, count: number, hash: string) => string;
  /** Builds the copy into one file in a folder of its own. Resolves to that file. */
  readonly build: (copy: string, release: PackageFacts, into: string, workshop: Workshop) => Promise<string>;
}
