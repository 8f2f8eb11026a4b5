import { dirname } from "node:path";
import { HostoutError } from "@hostout/kit";
import { Config, Errors } from "@oclif/core";
import type { GlobalFlags } from "./global-flags.ts";
import { listProject } from "./listing.ts";
import { makeStyle } from "./style.ts";
import { topics } from "./topics.ts";

/** Runs a command of hostout itself, which is an oclif command in `commands/`. */
export async function runTopic(
  name: string,
  words: readonly string[],
  flags: GlobalFlags,
  assignments: readonly string[],
): Promise<number> {
  if (name === "help" || flags.help) {
    process.stdout.write(listProject(undefined, makeStyle(process.stdout, process.env)));
    return 0;
  }
  const config = await Config.load({ root: dirname(import.meta.dirname) });
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
    if (error instanceof Errors.CLIError) {
      const [message = ""] = error.message.split("\n");
      throw new HostoutError({
        code: "usage",
        message: `${name}: ${message}`,
        hint: `${name}: ${topics.get(name)}`,
        cause: error,
      });
    }
    throw error;
  }
}
