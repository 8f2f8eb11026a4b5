export interface ProgramOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The name of the program in an error. Default: its words. */
  readonly title?: string;
}

/** Runs a program and gives what it wrote to stdout, without line ends at its end. Throws when its status is not 0. */
export type Run = (words: readonly string[], options: ProgramOptions) => Promise<string>;

/** What a part of the work needs: programs, and a folder that goes when the work is done. */
export interface Workshop {
  readonly run: Run;
  readonly note: (line: string) => void;
  readonly warn: (text: string) => void;
  /** Absolute, unguessable, only the user's. */
  readonly scratch: string;
}
