import type { Run } from "@hostout/scm";

/** The outputs and permissions of packaging. */
export interface PackageTools {
  readonly run: Run;
  /** Prints a line for the user. */
  readonly note: (line: string) => void;
  /** Warns the user. */
  readonly warn: (text: string) => void;
  /** False in a dry run: packaging works in a folder of its own, removes that folder, and keeps nothing. */
  readonly write: boolean;
}
