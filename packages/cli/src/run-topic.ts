import { dirname } from "node:path";
import { HostoutError } from "@hostout/kit";
import { type Command, Config, Errors, Help, settings } from "@oclif/core";
import type { GlobalFlags } from "./global-flags.ts";
import { topics } from "./topics.ts";

/** Runs a command of hostout itself, which is an oclif command in `commands/`. */
export async function runTopic(
  name: string,
  words: readonly string[],
  flags: GlobalFlags,
  assignments: readonly string[],
): Promise<number> {
  // Else oclif looks for a TypeScript runner wherever NODE_ENV is not production.
  settings.enableAutoTranspile = false;
  const config = await Config.load({ root: dirname(import.meta.dirname) });
  if (flags.help || words.includes("--help") || words.includes("-h")) {
    await new Help(config).showCommandHelp(config.findCommand(name, { must: true }) as Command.Loadable);
    return 0;
  }
  const given = [
    ...words,
    ...(flags.config === undefined ? [] : ["--config", flags.config]),
    ...(flags.json ? ["--json"] : []),
    ...assignments,
  ];
  try {
    const result: unknown = await config.runCommand(name, given);
    return typeof result === "number" ? result : 0;
  } catch (error) {
    if (!(error instanceof Errors.CLIError)) throw error;
    const [message = ""] = error.message.split("\n");
    throw new HostoutError({
      code: "usage",
      message: `${name}: ${message}`,
      hint: `'hostout ${name} --help' tells what it takes (${topics.get(name)}).`,
      cause: error,
    });
  }
}
