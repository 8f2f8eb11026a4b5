import { nearMiss } from "@hostout/kit";

/**
 * Returns the flag that the user probably meant: one typing mistake away, or the only flag that starts like
 * this. Undefined if there is none.
 */
export function nearFlag(word: string, names: readonly string[]): string | undefined {
  const [flag = word] = word.split("=");
  const long = names.filter((name) => name.startsWith("--"));
  const near = nearMiss(flag, long);
  if (near !== undefined) return near;
  const begun = flag.length > 3 ? long.filter((name) => name.startsWith(flag)) : [];
  return begun.length === 1 ? begun[0] : undefined;
}
