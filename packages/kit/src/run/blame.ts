/** In which part of which command an error came up. */
export interface Blame {
  readonly plugin: string;
  /** From the command on the line down. */
  readonly command: readonly string[];
}

const key = Symbol.for("hostout.blame");

/** Marks an error with the place where it was thrown first; those that it goes through on its way up do not change that. */
export function blame(error: unknown, place: Blame): void {
  if (typeof error !== "object" || error === null || key in error || !Object.isExtensible(error)) return;
  Object.defineProperty(error, key, { value: place });
}

export function blameOf(error: unknown): Blame | undefined {
  return typeof error === "object" && error !== null && key in error ? (error[key] as Blame) : undefined;
}
