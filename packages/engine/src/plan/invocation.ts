import {
  type AnyCommand,
  HostoutError,
  type Invocation,
  iniName,
  type OptionDeclaration,
  type OptionDeclarations,
  parseOption,
} from "@hostout/kit";

/** Arguments and flags of a command by name, and the words after them. */
export interface ReadInvocation {
  readonly args: Readonly<Record<string, unknown>>;
  readonly rest: readonly string[];
}

/**
 * Reads an invocation by the declarations of a command. `overrides` means that the command overrides another
 * one. If it then declares no arguments, they belong to the overridden command.
 *
 * @throws HostoutError `usage` for a missing, empty or extra argument, `bad-option` for an invalid value
 */
export function readInvocation(
  name: string,
  command: AnyCommand,
  invocation: Invocation,
  overrides = false,
): ReadInvocation {
  const declared = Object.entries((command.args ?? {}) as OptionDeclarations);
  const args: Record<string, unknown> = {};
  const words = [...invocation.args];
  for (const [key, declaration] of declared) {
    const given = declaration.flag ? invocation.flags?.[key] : words.shift();
    args[key] = readArgument(name, key, declaration, given);
  }
  const passesOn = overrides && command.args === undefined;
  if (words.length > 0 && !command.rest && !passesOn) {
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
  name: string,
  declaration: OptionDeclaration,
  given: string | boolean | undefined,
): unknown {
  if (typeof given === "boolean") return given;
  // An unset shell variable causes this. As a name, the empty text would match every name.
  if (given === "") {
    throw new HostoutError({
      code: "usage",
      message: `${command}: ${declaration.flag ? "--" : ""}${iniName(name)} is empty`,
      hint: declaration.optional ? "Leave it out, or say which." : `It is: ${declaration.summary}.`,
    });
  }
  const text = given ?? declaration.default;
  if (text !== undefined) return parseOption(declaration, `${command} ${iniName(name)}`, text);
  if (declaration.optional || declaration.flag) return undefined;
  throw new HostoutError({
    code: "usage",
    message: `${command} needs ${declaration.flag ? "--" : ""}${iniName(name)}: ${declaration.summary}`,
    ...(declaration.example === undefined ? {} : { hint: `For example: ${command} ${declaration.example}` }),
  });
}
