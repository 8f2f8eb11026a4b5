import {
  type AnyCommand,
  commandsOf,
  findCommand,
  HostoutError,
  nearMiss,
  type OptionDeclarations,
  type Site,
} from "@hostout/kit";
import { type GlobalFlags, takeGlobalFlag } from "./global-flags.ts";

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
  const commands: { name: string; command: AnyCommand; words: string[] }[] = [];
  let argumentsBegun = false;
  let index = 0;
  while (index < words.length) {
    const word = words[index]!;
    const last = commands.at(-1);
    if (last?.command.rest?.takes === "everything") {
      const after = words.slice(index);
      if (/^(--help|-h)$/.test(word)) flags = { ...flags, help: true };
      else last.words.push(...(word === "--" ? after.slice(1) : after));
      break;
    }
    // A short flag after a command that takes flags is that command's own: buildout has a -c too.
    const isOwn = last?.command.rest?.takes === "flags" && !word.startsWith("--");
    const taken = argumentsBegun || isOwn ? undefined : takeGlobalFlag(words.slice(index));
    if (taken) flags = { ...flags, ...taken.flags };
    else if (word === "--" && last) argumentsBegun = true;
    else if (last && (argumentsBegun || word.startsWith("-") || needsArgument(last))) last.words.push(word);
    else {
      const command = commandOf(word, sites, last !== undefined && takesArguments(last.command));
      if (command) commands.push({ name: word, command, words: [] });
      else {
        argumentsBegun = true;
        last?.words.push(word);
      }
    }
    index += taken?.count ?? 1;
  }
  return { flags, commands };
}

function takesArguments({ args, rest }: AnyCommand): boolean {
  return rest !== undefined || Object.values((args ?? {}) as OptionDeclarations).some(({ flag }) => !flag);
}

/** An argument that must be given is one, whatever the word is; the value of a flag is not counted. */
function needsArgument({
  command,
  words,
}: {
  readonly command: AnyCommand;
  readonly words: readonly string[];
}): boolean {
  const required = Object.values((command.args ?? {}) as OptionDeclarations).filter(
    ({ flag, optional, default: value }) => !flag && !optional && value === undefined,
  );
  return words.filter((word) => !word.startsWith("-")).length < required.length;
}

function commandOf(word: string, sites: readonly Site[], mayBeArgument: boolean): AnyCommand | undefined {
  const found = sites.map((site) => ({ site, composition: findCommand(site, word) }));
  const lacking = found.filter(({ composition }) => !composition);
  if (lacking.length === 0) return declaringLayer(found[0]!.composition!.layers);
  if (mayBeArgument && lacking.length === found.length) return undefined;
  const names = lacking.map(({ site }) => site.name).join(", ");
  const near = nearMiss(word, [...commandsOf(lacking[0]!.site).keys()]);
  throw new HostoutError({
    code: "unknown-command",
    message: `${names} ${lacking.length > 1 ? "have" : "has"} no command '${word}'`,
    hint:
      near === undefined
        ? `'hostout ${lacking[0]!.site.name}' lists its commands.`
        : `Did you mean '${near}'?`,
  });
}

/** The outermost layer that says what words it takes; the outermost of all where none does. */
function declaringLayer(layers: readonly { readonly command: AnyCommand }[]): AnyCommand {
  return (layers.find(({ command }) => command.args || command.rest) ?? layers[0]!).command;
}
