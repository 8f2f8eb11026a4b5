/** One way to do a work: hostout, the reference, or a peer. */
export interface Entry {
  /** Name in the table. */
  readonly who: string;
  /** Lines of bash, run in the folder of the project. */
  readonly line: string;
  /** Prepares a run. Its time does not count. */
  readonly before?: (() => void) | undefined;
  /** Looks at the disks of the hosts after a run. Throws if the run did not do the work. */
  readonly check?: (() => void) | undefined;
}

/** One row of figures for each of its entries, which run in turn. */
export interface Work {
  readonly name: string;
  /** Largest ratio that hostout is to have. */
  readonly aim?: number;
  readonly ours: Entry;
  /** Ratio 1. */
  readonly reference: Entry;
  readonly peers?: readonly Entry[];
}

/** A word for a shell. */
export const quote = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;

/** A line for a shell. */
export const lineOf = (...words: readonly string[]) => words.map(quote).join(" ");
