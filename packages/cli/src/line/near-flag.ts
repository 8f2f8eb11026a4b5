import { nearMiss } from "@hostout/kit";

/** The one of `names` that a flag that does not exist was probably meant to be: a typing mistake away, or the only longer one. */
export function nearFlag(word: string, names: readonly string[]): string | undefined {
  const [flag = word] = word.split("=");
  const long = names.filter((name) => name.startsWith("--"));
  const near = nearMiss(flag, long);
  if (near !== undefined) return near;
  const begun = flag.length > 3 ? long.filter((name) => name.startsWith(flag)) : [];
  return begun.length === 1 ? begun[0] : undefined;
}
