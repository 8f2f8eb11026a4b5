import { HostoutError } from "@hostout/kit";
import { Config, Errors, Help, settings } from "@oclif/core";
import type { GlobalFlags } from "./global-flags.ts";
import { packageFolder } from "./package-folder.ts";
import { topics } from "./topics.ts";

/** Flags before the topic's name, as far as they are switches. */
function globalFlagsOf({ json, yes, noInput, dryRun, noUserDefaults }: GlobalFlags): readonly string[] {
  const given = {
    "--json": json,
    "--yes": yes,
    "--no-input": noInput,
    "--dry-run": dryRun,
    "--no-user-defaults": noUserDefaults,
  };
  return Object.entries(given).flatMap(([flag, isGiven]) => (isGiven ? [flag] : []));
}

/** Runs a command of hostout itself, which is an oclif command in `commands/`. */
export async function runTopic(
  name: string,
  words: readonly string[],
  flags: GlobalFlags,
  assignments: readonly string[],
): Promise<number> {
  // Else oclif looks for a TypeScript runner wherever NODE_ENV is not production.
  settings.enableAutoTranspile = false;
  const config = await Config.load({ root: packageFolder });
  const deeper = config.findCommand(`${name}:${words[0]}`);
  const command = deeper ?? config.findCommand(name, { must: true });
  const own = deeper ? words.slice(1) : words;
  if (flags.help || own.includes("--help") || own.includes("-h")) {
    await new Help(config).showCommandHelp(command);
    return 0;
  }
  const given = [
    ...own,
    ...(flags.config === undefined ? [] : ["--config", flags.config]),
    ...globalFlagsOf(flags).filter((flag) => command.flags[flag.slice("--".length)] !== undefined),
    ...assignments,
  ];
  try {
    const result: unknown = await config.runCommand(command.id, given);
    return typeof result === "number" ? result : 0;
  } catch (error) {
    if (!(error instanceof Errors.CLIError)) throw error;
    const [message = ""] = error.message.split("\n");
    const line = command.id.replaceAll(":", " ");
    throw new HostoutError({
      code: "usage",
      message: `${line}: ${message}`,
      hint: `'hostout ${line} --help' tells what it takes (${topics.get(name)}).`,
      cause: error,
    });
  }
}
