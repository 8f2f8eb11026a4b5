import {
  type CommandWord,
  type CommandWords,
  HostoutError,
  type Invocation,
  parseOption,
} from "@hostout/kit";

/** Arguments and flags of a command by name, and the words after them. */
export interface ReadInvocation {
  readonly args: Readonly<Record<string, unknown>>;
  readonly rest: readonly string[];
}

/**
 * Reads an invocation by the words that a command takes. `overrides` means that the command overrides another
 * one. If it then declares no arguments, they belong to the overridden command.
 *
 * @throws HostoutError `usage` for a missing, empty or extra argument, `bad-option` for an invalid value
 */
export function readInvocation(
  name: string,
  { all, rest, isDeclared }: CommandWords,
  invocation: Invocation,
  overrides = false,
): ReadInvocation {
  const args: Record<string, unknown> = {};
  const words = [...invocation.args];
  for (const word of all) {
    const given = word.declaration.flag ? invocation.flags?.[word.key] : words.shift();
    args[word.key] = readArgument(name, word, given);
  }
  if (words.length > 0 && !rest && !(overrides && !isDeclared)) {
    throw new HostoutError({
      code: "usage",
      message: `${name} does not take '${words[0]}'`,
      hint: `'--help' after ${name} shows what it takes.`,
    });
  }
  return { args, rest: words };
}

function readArgument(
  command: string,
  { name, declaration, isRequired }: CommandWord,
  given: string | boolean | undefined,
): unknown {
  if (typeof given === "boolean") return given;
  // An unset shell variable causes this. As a name, the empty text would match every name.
  if (given === "") {
    throw new HostoutError({
      code: "usage",
      message: `${command}: ${declaration.flag ? "--" : ""}${name} is empty`,
      hint: declaration.optional ? "Leave it out, or say which." : `It is: ${declaration.summary}.`,
    });
  }
  const text = given ?? declaration.default;
  if (text !== undefined) return parseOption(declaration, `${command} ${name}`, text);
  if (!isRequired) return undefined;
  throw new HostoutError({
    code: "usage",
    message: `${command} needs ${declaration.flag ? "--" : ""}${name}: ${declaration.summary}`,
    ...(declaration.example === undefined ? {} : { hint: `For example: ${command} ${declaration.example}` }),
  });
}
