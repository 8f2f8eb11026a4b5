import {
  HostoutError,
  type Invocation,
  iniName,
  type OptionDeclaration,
  type OptionDeclarations,
} from "@hostout/kit";
import { usageOf } from "../help/usage.ts";
import { globalFlagNames } from "./global-flags.ts";
import { nearFlag } from "./near-flag.ts";
import { oclifFault } from "./oclif-fault.ts";
import type { RoutedCommand } from "./route.ts";

/**
 * Parses the words of one command by its declarations, with oclif's parser.
 *
 * @throws HostoutError `usage` with the command's usage line
 */
export async function parseWords({ name, command, words }: RoutedCommand, site: string): Promise<Invocation> {
  if (command.rest?.takes === "everything") return { args: words };
  const declared = Object.entries((command.args ?? {}) as OptionDeclarations);
  const needed = declared.some(
    ([, { flag, optional, default: value }]) => !flag && !optional && value === undefined,
  );
  if (words.length === 0 && !needed) return { args: [], flags: {} };
  // All of oclif takes as long to load as the rest of hostout.
  const [Args, Flags, Parser] = await Promise.all([
    import("@oclif/core/args"),
    import("@oclif/core/flags"),
    import("@oclif/core/parser"),
  ]);
  const flagged = declared.filter(([, { flag }]) => flag);
  const placed = declared.filter(([, { flag }]) => !flag);
  // oclif must not judge words that the command does not declare.
  const [parsable, passed] = command.rest?.takes === "flags" ? splitDeclared(words, flagged) : [words, []];
  const flags = flagged.map(([key, { type, summary }]) => [
    iniName(key),
    type === "boolean" ? Flags.boolean({ summary }) : Flags.string({ summary }),
  ]);
  const args = placed.map(([key, { summary, optional, default: value }]) => [
    iniName(key),
    Args.string({ description: summary, required: !optional && value === undefined }),
  ]);
  try {
    const parsed = await Parser.parse([...parsable], {
      args: Object.fromEntries(args),
      flags: Object.fromEntries(flags),
      strict: command.rest === undefined,
    });
    const given = flagged.flatMap(([key]) => {
      const value = (parsed.flags as Record<string, string | boolean | undefined>)[iniName(key)];
      return value === undefined ? [] : [[key, value] as const];
    });
    return { args: [...(parsed.argv as string[]), ...passed], flags: Object.fromEntries(given) };
  } catch (cause) {
    const what = oclifFault(cause as Error);
    const [, unknown] = /^Nonexistent flags?: (\S+?),?(?:\s|$)/.exec(what) ?? [];
    if (unknown !== undefined) {
      const own = flagged.map(([key]) => `--${iniName(key)}`);
      const near = nearFlag(unknown, [...own, ...globalFlagNames]);
      throw new HostoutError({
        code: "usage",
        message: `'${name}' has no flag '${unknown}'`,
        hint:
          near === undefined ? `Usage: hostout ${site} ${usageOf(name, command)}` : `Did you mean '${near}'?`,
        cause,
      });
    }
    throw new HostoutError({
      code: "usage",
      message: `${name}: ${what}`,
      hint: `Usage: hostout ${site} ${usageOf(name, command)}`,
      cause,
    });
  }
}

/** Splits words into declared flags with their values, and all other words. `--` ends the flags and is dropped. */
function splitDeclared(
  words: readonly string[],
  flagged: readonly (readonly [string, OptionDeclaration])[],
): readonly [string[], string[]] {
  const dashes = words.indexOf("--");
  const end = dashes < 0 ? words.length : dashes;
  const declared: string[] = [];
  const others: string[] = [];
  for (let index = 0; index < end; index++) {
    const word = words[index]!;
    const found = flagged.find(
      ([key]) => word === `--${iniName(key)}` || word.startsWith(`--${iniName(key)}=`),
    );
    (found ? declared : others).push(word);
    if (found && found[1].type !== "boolean" && !word.includes("=") && index + 1 < end)
      declared.push(words[++index]!);
  }
  return [declared, [...others, ...words.slice(end + 1)]];
}
