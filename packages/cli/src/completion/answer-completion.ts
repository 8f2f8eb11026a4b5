import { resolve } from "node:path";
import { isFlag } from "../line/global-flag-table.ts";
import { configAbove } from "../project/config-above.ts";
import { complete } from "./complete.ts";
import type { CompletionFacts } from "./completion-facts.ts";
import { keepFacts, readFacts } from "./facts-cache.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Returns the completions of the last of `words`. Never fails, because a shell shows no error here. */
export async function answerCompletion(
  words: readonly string[],
  environment: Environment,
): Promise<readonly string[]> {
  try {
    return complete(words, await factsOf(words, environment));
  } catch {
    return complete(words, undefined);
  }
}

async function factsOf(
  words: readonly string[],
  environment: Environment,
): Promise<CompletionFacts | undefined> {
  const flag = words.findIndex((word) => isFlag(word, "config"));
  const named = flag < 0 ? environment.HOSTOUT_CONFIG || undefined : words[flag + 1];
  const file = named === undefined ? configAbove(process.cwd()) : resolve(named);
  if (file === undefined) return undefined;
  const known = readFacts(file, environment, Date.now());
  if (known) return known;
  const { findFacts } = await import("./find-facts.ts");
  const found = await findFacts(file);
  keepFacts(file, environment, found, Date.now());
  return found.facts;
}
