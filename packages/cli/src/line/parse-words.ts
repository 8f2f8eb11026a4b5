import { type CommandWord, HostoutError, type Invocation } from "@hostout/kit";
import { globalFlagNames } from "./global-flags.ts";
import { nearFlag } from "./near-flag.ts";
import { oclifFault } from "./oclif-fault.ts";
import type { RoutedCommand } from "./route.ts";
import { usageOf } from "./usage.ts";

/**
 * Parses the words of one command by its declarations, with oclif's parser.
 *
 * @throws HostoutError `usage` with the command's usage line
 */
export async function parseWords({ name, takes, words }: RoutedCommand, site: string): Promise<Invocation> {
  if (takes.rest?.takes === "everything") return { args: words };
  // All of oclif takes as long to load as the rest of hostout.
  if (isPlain(takes, words)) return { args: words, flags: {} };
  const [Args, Flags, Parser] = await Promise.all([
    import("@oclif/core/args"),
    import("@oclif/core/flags"),
    import("@oclif/core/parser"),
  ]);
  // oclif must not judge words that the command does not declare.
  const [parsable, passed] = takes.rest?.takes === "flags" ? splitDeclared(words, takes.flags) : [words, []];
  const flags = takes.flags.map(({ name: flag, declaration: { summary }, takesValue }) => [
    flag,
    takesValue ? Flags.string({ summary }) : Flags.boolean({ summary }),
  ]);
  const args = takes.places.map(({ name: place, declaration, isRequired: required }) => [
    place,
    Args.string({ description: declaration.summary, required }),
  ]);
  try {
    const parsed = await Parser.parse([...parsable], {
      args: Object.fromEntries(args),
      flags: Object.fromEntries(flags),
      strict: takes.rest === undefined,
    });
    const given = takes.flags.flatMap(({ key, name: flag }) => {
      const value = (parsed.flags as Record<string, string | boolean | undefined>)[flag];
      return value === undefined ? [] : [[key, value] as const];
    });
    return { args: [...(parsed.argv as string[]), ...passed], flags: Object.fromEntries(given) };
  } catch (cause) {
    const what = oclifFault(cause as Error);
    const [, unknown] = /^Nonexistent flags?: (\S+?),?(?:\s|$)/.exec(what) ?? [];
    if (unknown !== undefined) {
      const own = takes.flags.map(({ name: flag }) => `--${flag}`);
      const near = nearFlag(unknown, [...own, ...globalFlagNames]);
      throw new HostoutError({
        code: "usage",
        message: `'${name}' has no flag '${unknown}'`,
        hint:
          near === undefined ? `Usage: hostout ${site} ${usageOf(name, takes)}` : `Did you mean '${near}'?`,
        cause,
      });
    }
    throw new HostoutError({
      code: "usage",
      message: `${name}: ${what}`,
      hint: `Usage: hostout ${site} ${usageOf(name, takes)}`,
      cause,
    });
  }
}

/** Whether the words are the arguments as they are: no flags, and neither too few nor too many. */
function isPlain({ places, flags, rest }: RoutedCommand["takes"], words: readonly string[]): boolean {
  const least = places.filter(({ isRequired }) => isRequired).length;
  const most = rest === undefined ? places.length : Number.POSITIVE_INFINITY;
  return (
    words.length >= least &&
    words.length <= most &&
    words.every((word) => word !== "" && !word.startsWith("-")) &&
    !flags.some(({ isRequired }) => isRequired)
  );
}

/** Splits words into declared flags with their values, and all other words. `--` ends the flags and is dropped. */
function splitDeclared(
  words: readonly string[],
  flags: readonly CommandWord[],
): readonly [string[], string[]] {
  const dashes = words.indexOf("--");
  const end = dashes < 0 ? words.length : dashes;
  const declared: string[] = [];
  const others: string[] = [];
  for (let index = 0; index < end; index++) {
    const word = words[index]!;
    const found = flags.find(({ name }) => word === `--${name}` || word.startsWith(`--${name}=`));
    (found ? declared : others).push(word);
    if (found?.takesValue && !word.includes("=") && index + 1 < end) declared.push(words[++index]!);
  }
  return [declared, [...others, ...words.slice(end + 1)]];
}
