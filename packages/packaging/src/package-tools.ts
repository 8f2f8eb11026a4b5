import type { Run } from "@hostout/scm";

/** What packaging does to the world. */
export interface PackageTools {
  readonly run: Run;
  /** Tells the user a line. */
  readonly note: (line: string) => void;
  /** Warns the user. */
  readonly warn: (text: string) => void;
  /** False in a dry run: all is made in a folder of its own that is removed again, and nothing of it is kept. */
  readonly write: boolean;
}
