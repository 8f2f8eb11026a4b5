import {
  type AnyCommand,
  commandsOf,
  findCommand,
  HostoutError,
  iniName,
  nearMiss,
  type OptionDeclaration,
  type OptionDeclarations,
  type Site,
} from "@hostout/kit";
import { insteadOfCommand } from "../config/old-commands.ts";
import { declaringCommand } from "./declaring-command.ts";
import { type GlobalFlags, globalFlagNames, takeGlobalFlag } from "./global-flags.ts";
import { missingSection } from "./missing-section.ts";
import { nearFlag } from "./near-flag.ts";

/** A command of the line with its own words, flags too. */
export interface RoutedCommand {
  readonly name: string;
  readonly command: AnyCommand;
  readonly words: readonly string[];
}

export interface LeadingWords {
  readonly flags: GlobalFlags;
  readonly siteWords: readonly string[];
  /** `section:option=value` */
  readonly assignments: readonly string[];
  /** From the first word that is none of these. */
  readonly rest: readonly string[];
}

const assignmentForm = /^[^\s:=!-][^\s:=]*:[^\s:=]+=/;

/** Cuts the words of the line into flags, sites, assignments and the rest. */
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
  /** Words that are arguments, neither flags nor their values. */
  argumentCount: number;
}

/**
 * Cuts the words after the sites into commands. A word is a command as long as it is the name of one; the first that is
 * none begins the arguments of the last command, `--` too; a command that takes everything takes all that follow.
 *
 * @throws HostoutError `unknown-command` with a near name, or naming the site that lacks a command that others have
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
    if (word === "--" || last?.command.rest?.takes === "everything") {
      if (!last) continue;
      if (word === "--help" || word === "-h") flags = { ...flags, help: true };
      else last.words.push(...withoutDashes(words.slice(index), last.command));
      break;
    }
    const taken = isOwnFlag(last, word) ? undefined : takeGlobalFlag(words.slice(index));
    if (taken) {
      flags = { ...flags, ...taken.flags };
      index += taken.count - 1;
    } else if (word.startsWith("-") && word !== "-") {
      if (!last) throw unknownFlag(word);
      const count = takesValue(last.command, word) ? 2 : 1;
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
      const command = commandOf(word, sites, last !== undefined && takesArguments(last.command));
      if (command) commands.push({ name: word, command, words: [], argumentCount: 0 });
      else {
        // From here on a command's name is an argument, but a flag of hostout is still that.
        commandsEnded = true;
        last?.words.push(word);
      }
    }
  }
  return {
    flags,
    commands: commands.map(({ name, command, words: own }) => ({ name, command, words: own })),
  };
}

/** A word that looks like a flag where only flags of hostout can stand. */
export function unknownFlag(word: string): HostoutError {
  const near = nearFlag(word, globalFlagNames);
  return new HostoutError({
    code: "usage",
    message: `there is no flag '${word}'`,
    hint: near === undefined ? "'hostout --help' lists the flags." : `Did you mean '${near}'?`,
  });
}

/** `--` has done its work here, but where a parser would take a word after it for a flag. */
function withoutDashes(words: readonly string[], { rest }: AnyCommand): readonly string[] {
  if (words[0] !== "--") return words;
  const after = words.slice(1);
  return rest?.takes !== "everything" && after.some((word) => word.startsWith("-")) ? words : after;
}

/** A flag that the last command declares, or a short one where it takes any flags: buildout has a -c too. */
function isOwnFlag(last: RoutedCommand | undefined, word: string): boolean {
  if (!last || !word.startsWith("-")) return false;
  return (
    declaredFlag(last.command, word) !== undefined ||
    (last.command.rest?.takes === "flags" && !word.startsWith("--"))
  );
}

function declaredFlag({ args }: AnyCommand, word: string): OptionDeclaration | undefined {
  const name = /^--([^=]+)/.exec(word)?.[1];
  return Object.entries((args ?? {}) as OptionDeclarations).find(
    ([key, { flag }]) => flag && iniName(key) === name,
  )?.[1];
}

/** Whether the word after this flag is its value. */
function takesValue(command: AnyCommand, word: string): boolean {
  const declared = declaredFlag(command, word);
  return declared !== undefined && declared.type !== "boolean" && !word.includes("=");
}

function takesArguments({ args, rest }: AnyCommand): boolean {
  return rest !== undefined || Object.values((args ?? {}) as OptionDeclarations).some(({ flag }) => !flag);
}

/** `SITE:option=value` behind a command that passes no flags on: buildout takes assignments too. */
function isLateAssignment(word: string, { command }: RoutedCommand, sites: readonly Site[]): boolean {
  if (command.rest?.takes === "flags" || !assignmentForm.test(word)) return false;
  return sites.some(({ name }) => word.startsWith(`${name}:`));
}

/** An argument that must be given is one, whatever the word is. */
function needsArgument({ command, argumentCount }: Begun): boolean {
  const required = Object.values((command.args ?? {}) as OptionDeclarations).filter(
    ({ flag, optional, default: value }) => !flag && !optional && value === undefined,
  );
  return argumentCount < required.length;
}

function commandOf(word: string, sites: readonly Site[], mayBeArgument: boolean): AnyCommand | undefined {
  const found = sites.map((site) => ({ site, composition: findCommand(site, word) }));
  const lacking = found.filter(({ composition }) => !composition);
  if (lacking.length === 0) return declaringCommand(found[0]!.composition!.layers);
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
