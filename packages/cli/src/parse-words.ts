import { HostoutError, type Invocation, iniName, type OptionDeclarations } from "@hostout/kit";
import { Args, Flags, Parser } from "@oclif/core";
import type { RoutedCommand } from "./route.ts";

/**
 * Parses the words of one command by what it declares, with oclif's parser.
 *
 * @throws HostoutError `usage` with the command's usage line
 */
export async function parseWords({ name, command, words }: RoutedCommand, site: string): Promise<Invocation> {
  if (command.rest?.takes === "flags" || command.rest?.takes === "everything") return { args: words };
  const declared = Object.entries((command.args ?? {}) as OptionDeclarations);
  const flagged = declared.filter(([, { flag }]) => flag);
  const placed = declared.filter(([, { flag }]) => !flag);
  const flags = flagged.map(([key, { kind, summary }]) => [
    iniName(key),
    kind === "true or false" ? Flags.boolean({ summary }) : Flags.string({ summary }),
  ]);
  const args = placed.map(([key, { summary, optional, default: value }]) => [
    iniName(key),
    Args.string({ description: summary, required: !optional && value === undefined }),
  ]);
  try {
    const parsed = await Parser.parse([...words], {
      args: Object.fromEntries(args),
      flags: Object.fromEntries(flags),
      strict: command.rest === undefined,
    });
    const given = flagged.flatMap(([key]) => {
      const value = (parsed.flags as Record<string, string | boolean | undefined>)[iniName(key)];
      return value === undefined ? [] : [[key, value] as const];
    });
    return { args: parsed.argv as string[], flags: Object.fromEntries(given) };
  } catch (cause) {
    const [what = "it cannot be read"] = (cause as Error).message.split("\n");
    throw new HostoutError({
      code: "usage",
      message: `${name}: ${what.replace(/:$/, "")}`,
      hint: `Usage: hostout ${site} ${usageOf(name, command)}`,
      cause,
    });
  }
}

/** `update [BRANCH] [--force]` */
export function usageOf(name: string, command: RoutedCommand["command"]): string {
  const words = Object.entries((command.args ?? {}) as OptionDeclarations).map(
    ([key, { flag, kind, optional, default: value }]) => {
      const label = iniName(key);
      if (flag) return kind === "true or false" ? `[--${label}]` : `[--${label} VALUE]`;
      return optional || value !== undefined ? `[${label.toUpperCase()}]` : label.toUpperCase();
    },
  );
  const rest = command.rest ? [`[${command.rest.name.toUpperCase()}…]`] : [];
  return [name, ...words, ...rest].join(" ");
}
