export interface ProgramOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The name of the program in an error. Default: its words. */
  readonly title?: string;
}

/** Runs a program and returns its stdout without trailing line ends. Throws if the exit code is not 0. */
export type Run = (words: readonly string[], options: ProgramOptions) => Promise<string>;

/** The resources for one piece of work: a runner of programs, and a folder that is removed at the end. */
export interface Workshop {
  readonly run: Run;
  readonly note: (line: string) => void;
  readonly warn: (text: string) => void;
  /** An absolute, unguessable path of a folder that only the user can read. */
  readonly scratch: string;
}
