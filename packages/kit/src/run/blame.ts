/** The plugin and the command in which an error occurred. */
export interface Blame {
  readonly plugin: string;
  /** From the command on the line down to the failed command. */
  readonly command: readonly string[];
}

const key = Symbol.for("hostout.blame");

/** Marks an error with the place that threw it first. Later places on its way up do not change the mark. */
export function blame(error: unknown, place: Blame): void {
  if (typeof error !== "object" || error === null || key in error || !Object.isExtensible(error)) return;
  Object.defineProperty(error, key, { value: place });
}

export function blameOf(error: unknown): Blame | undefined {
  return typeof error === "object" && error !== null && key in error ? (error[key] as Blame) : undefined;
}
