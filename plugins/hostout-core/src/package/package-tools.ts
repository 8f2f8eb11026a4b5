export interface ProgramOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The name of the program in an error. Default: its words. */
  readonly title?: string;
}

/** Runs a program and gives what it wrote to stdout, without line ends at its end. Throws when its status is not 0. */
export type Run = (words: readonly string[], options: ProgramOptions) => Promise<string>;

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

/** What a part of the work needs: programs, and a folder that goes when the work is done. */
export interface Workshop {
  readonly run: Run;
  readonly note: (line: string) => void;
  readonly warn: (text: string) => void;
  /** Absolute, unguessable, only the user's. */
  readonly scratch: string;
}
