import { randomBytes } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { isBroken, notUtf8 } from "./not-utf8.ts";
import type { ProgramOptions, Workshop } from "./workshop.ts";

/** Writes both outputs of a program to files. If the program fails, prints its error output too. */
const apart = 'o=$1; shift; "$@" >"$o" 2>"$o.said" || { c=$?; cat "$o.said" >&2; exit $c; }';

/**
 * Lists the names that a program writes, with a 0 byte after each. Reads them from a file: elsewhere hostout keeps only
 * the end of a long output.
 *
 * @param refuse receives the error output of the program
 */
export async function listNames(
  words: readonly string[],
  options: ProgramOptions,
  { run, scratch }: Workshop,
  refuse: (said: string) => void = () => undefined,
): Promise<readonly string[]> {
  const file = join(scratch, `names-${randomBytes(8).toString("hex")}`);
  await run(["sh", "-c", apart, "sh", file, ...words], { title: words.join(" "), ...options });
  const bytes = await readFile(file);
  refuse(await readFile(`${file}.said`, "utf8"));
  await Promise.all([rm(file), rm(`${file}.said`)]);
  const names = bytes.toString("utf8").split("\0");
  names.pop();
  const odd = names.find(isBroken);
  if (odd !== undefined) throw notUtf8(join(options.cwd, odd));
  return names;
}
