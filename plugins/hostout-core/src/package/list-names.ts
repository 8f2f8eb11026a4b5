import { randomBytes } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { isBroken, notUtf8 } from "./not-utf8.ts";
import type { Workshop } from "./package-tools.ts";

/** Names that a program writes with a 0 after each. Over a file: of a long output only the end is kept elsewhere. */
export async function listNames(
  words: readonly string[],
  options: { readonly cwd: string; readonly env?: Record<string, string> },
  { run, scratch }: Workshop,
): Promise<readonly string[]> {
  const file = join(scratch, `names-${randomBytes(8).toString("hex")}`);
  await run(["sh", "-c", 'exec "$@" >"$0"', file, ...words], options);
  const bytes = await readFile(file);
  await rm(file);
  const names = bytes.toString("utf8").split("\0");
  names.pop();
  const odd = names.find(isBroken);
  if (odd !== undefined) throw notUtf8(join(options.cwd, odd));
  return names;
}
