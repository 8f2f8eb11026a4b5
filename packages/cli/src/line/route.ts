import {
  type CommandWord,
  type CommandWords,
  commandsOf,
  commandWords,
  findCommand,
  HostoutError,
  nearMiss,
  type Site,
} from "@hostout/kit";
import { insteadOfCommand } from "../config/old-commands.ts";
import { isFlag } from "./global-flag-table.ts";
import { type GlobalFlags, globalFlagNames, takeGlobalFlag } from "./global-flags.ts";
import { missingSection } from "./missing-section.ts";
import { nearFlag } from "./near-flag.ts";

/** A command of the line with its own words and flags. */
export interface RoutedCommand {
  readonly name: string;
  readonly takes: CommandWords;
  readonly words: readonly string[];
}

/** The words of a line before its commands. */
export interface LeadingWords {
  readonly flags: GlobalFlags;
  readonly siteWords: readonly string[];
  /** The assignments: `section:option=value`. */
  readonly assignments: readonly string[];
  /** The words from the first that is none of these. */
  readonly rest: readonly string[];
}

const assignmentForm = /^[^\s:=!-][^\s:=]*:[^\s:=]+=/;

/** Splits the words of the line into flags, sites, assignments and the rest. */
export function routeSites(argv: readonly string[], isSite: (word: string) => boolean): LeadingWords {
  let flags: GlobalFlags = {};
  const siteWords: string[] = [];
  const assignments: string[] = [];
  let index = 0;
  while (index < argv.length) {
    const taken = takeGlobalFlag(argv.slice(index));
    const word = argv[index]!;
    if (taken) flags = { ...flags, ...taken.flags };
    else if (assignmentForm.test(word)) assignments.push(word);
    else if (isSite(word)) siteWords.push(word);
    else break;
    index += taken?.count ?? 1;
  }
  return { flags, siteWords, assignments, rest: argv.slice(index) };
}

interface Begun extends RoutedCommand {
  readonly words: string[];
  /** The number of words that are arguments, without flags and their values. */
  argumentCount: number;
}

/**
 * Splits the words after the sites into commands. Each word that names a command starts one. The first other
 * word, or `--`, starts the arguments of the last command. A command that takes everything gets all words after
 * it.
 *
 * @throws HostoutError `unknown-command` with a similar name, or with the site that lacks the command
 */
export function routeCommands(
  words: readonly string[],
  sites: readonly Site[],
): { readonly flags: GlobalFlags; readonly commands: readonly RoutedCommand[] } {
  let flags: GlobalFlags = {};
  const commands: Begun[] = [];
  let commandsEnded = false;
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    const last = commands.at(-1);
    if (word === "--" || last?.takes.rest?.takes === "everything") {
      if (!last) continue;
      if (isFlag(word, "help")) flags = { ...flags, help: true };
      else last.words.push(...withoutDashes(words.slice(index), last.takes));
      break;
    }
    const taken = isOwnFlag(last, word) ? undefined : takeGlobalFlag(words.slice(index));
    if (taken) {
      flags = { ...flags, ...taken.flags };
      index += taken.count - 1;
    } else if (word.startsWith("-") && word !== "-") {
      if (!last) throw unknownFlag(word);
      const count = takesValue(last.takes, word) ? 2 : 1;
      last.words.push(...words.slice(index, index + count));
      index += count - 1;
    } else if (last && isLateAssignment(word, last, sites)) {
      throw new HostoutError({
        code: "usage",
        message: `'${word}' sets an option of a site, and stands behind the command ${last.name}`,
        hint: `Write it before the command: hostout ${sites.map(({ name }) => name).join(" ")} ${word} ${last.name}`,
      });
    } else if (last && (commandsEnded || needsArgument(last))) {
      last.words.push(word);
      last.argumentCount++;
    } else {
      const takes = wordsOf(word, sites, last !== undefined && takesArguments(last.takes));
      if (takes) commands.push({ name: word, takes, words: [], argumentCount: 0 });
      else {
        // After this word, names of commands are arguments, but flags of hostout still count.
        commandsEnded = true;
        last?.words.push(word);
      }
    }
  }
  return {
    flags,
    commands: commands.map(({ name, takes, words: own }) => ({ name, takes, words: own })),
  };
}

/** Returns the error for an unknown flag among the flags of hostout. */
export function unknownFlag(word: string): HostoutError {
  const near = nearFlag(word, globalFlagNames);
  return new HostoutError({
    code: "usage",
    message: `there is no flag '${word}'`,
    hint: near === undefined ? "'hostout --help' lists the flags." : `Did you mean '${near}'?`,
  });
}

/** Removes a leading `--`, unless a parser would then read a later word as a flag. */
function withoutDashes(words: readonly string[], { rest }: CommandWords): readonly string[] {
  if (words[0] !== "--") return words;
  const after = words.slice(1);
  return rest?.takes !== "everything" && after.some((word) => word.startsWith("-")) ? words : after;
}

/**
 * Checks for a flag that the last command declares, or a short flag if the command takes any flags: buildout
 * also has -c.
 */
function isOwnFlag(last: RoutedCommand | undefined, word: string): boolean {
  if (!last || !word.startsWith("-")) return false;
  return (
    declaredFlag(last.takes, word) !== undefined ||
    (last.takes.rest?.takes === "flags" && !word.startsWith("--"))
  );
}

function declaredFlag({ flags }: CommandWords, word: string): CommandWord | undefined {
  const name = /^--([^=]+)/.exec(word)?.[1];
  return flags.find((flag) => flag.name === name);
}

/** Checks whether the next word is the value of this flag. */
function takesValue(takes: CommandWords, word: string): boolean {
  return declaredFlag(takes, word)?.takesValue === true && !word.includes("=");
}

function takesArguments({ places, rest }: CommandWords): boolean {
  return rest !== undefined || places.length > 0;
}

/** Checks for `SITE:option=value` after a command that passes no flags on. buildout takes assignments itself. */
function isLateAssignment(word: string, { takes }: RoutedCommand, sites: readonly Site[]): boolean {
  if (takes.rest?.takes === "flags" || !assignmentForm.test(word)) return false;
  return sites.some(({ name }) => word.startsWith(`${name}:`));
}

/** Checks whether the command still needs an argument. Then any word is one. */
function needsArgument({ takes, argumentCount }: Begun): boolean {
  return argumentCount < takes.places.filter(({ isRequired }) => isRequired).length;
}

function wordsOf(word: string, sites: readonly Site[], mayBeArgument: boolean): CommandWords | undefined {
  const found = sites.map((site) => ({ site, composition: findCommand(site, word) }));
  const lacking = found.filter(({ composition }) => !composition);
  if (lacking.length === 0) return commandWords(found[0]!.composition!.layers);
  if (mayBeArgument && lacking.length === found.length) return undefined;
  const unplaced = missingSection(word, lacking[0]!.site.name);
  if (unplaced) throw unplaced;
  const names = lacking.map(({ site }) => site.name).join(", ");
  const instead = insteadOfCommand(word, lacking[0]!.site.name);
  const near = nearMiss(word, [...commandsOf(lacking[0]!.site).keys()]);
  throw new HostoutError({
    code: "unknown-command",
    message: `${names} ${lacking.length > 1 ? "have" : "has"} no command '${word}'`,
    hint:
      instead ??
      (near === undefined
        ? `'hostout ${lacking[0]!.site.name}' lists its commands.`
        : `Did you mean '${near}'?`),
  });
}
