import type { AnyCommand } from "./command.ts";
import { iniName, type OptionDeclaration, type OptionDeclarations } from "./option.ts";

/** One argument or flag of a command. */
export interface CommandWord {
  /** The key in `context.args`. */
  readonly key: string;
  /** The name on the command line, without `--`. */
  readonly name: string;
  readonly declaration: OptionDeclaration;
  /** Whether a call without the word fails. A flag is never required. */
  readonly isRequired: boolean;
  /** Whether a value follows: always for an argument, and for a flag unless the flag is a switch. */
  readonly takesValue: boolean;
}

/** The words that a command takes on a command line, by its declarations. */
export interface CommandWords {
  /** All declared words, in their order. */
  readonly all: readonly CommandWord[];
  /** The words by position. */
  readonly places: readonly CommandWord[];
  readonly flags: readonly CommandWord[];
  /** The words behind the declared ones. Undefined: the command takes no others. */
  readonly rest: AnyCommand["rest"];
  /** Whether the command declares `args`, if only an empty object. */
  readonly isDeclared: boolean;
}

/**
 * Returns the words that a command takes: those of its outermost layer that declares some. A call never reaches the layers
 * below steps, so their words do not count.
 */
export function commandWords(layers: readonly { readonly command: AnyCommand }[]): CommandWords {
  const last = layers.findIndex(({ command }) => command.steps !== undefined);
  const reached = last < 0 ? layers : layers.slice(0, last + 1);
  const { args, rest } = (reached.find(({ command }) => command.args || command.rest) ?? layers[0]!).command;
  const all = Object.entries((args ?? {}) as OptionDeclarations).map(([key, declaration]): CommandWord => {
    const { flag, optional, default: value, type } = declaration;
    const isRequired = !flag && !optional && value === undefined;
    return { key, name: iniName(key), declaration, isRequired, takesValue: !flag || type !== "boolean" };
  });
  const isFlag = ({ declaration }: CommandWord) => declaration.flag;
  return {
    all,
    places: all.filter((word) => !isFlag(word)),
    flags: all.filter(isFlag),
    rest,
    isDeclared: args !== undefined,
  };
}
