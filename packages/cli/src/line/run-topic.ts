import { HostoutError, nearMiss } from "@hostout/kit";
import { Config, Errors, Help, settings } from "@oclif/core";
import { packageFolder } from "../package-folder.ts";
import { subtopics } from "../topics.ts";
import { globalFlagTable, isFlag, spellingsOf } from "./global-flag-table.ts";
import { type GlobalFlags, globalFlagNames } from "./global-flags.ts";
import { nearFlag } from "./near-flag.ts";
import { oclifFault } from "./oclif-fault.ts";

/** Returns the switches before the topic's name that its command declares. */
function switchesFor({ flags: declared }: { readonly flags: object }, flags: GlobalFlags): readonly string[] {
  return globalFlagTable.flatMap((flag) =>
    !("value" in flag) && flags[flag.setting] && flag.name.slice("--".length) in declared ? [flag.name] : [],
  );
}

/** The flags that change nothing in a topic that neither asks nor reports. */
const harmless: ReadonlySet<string> = new Set(
  globalFlagTable.flatMap((flag) => ("harmless" in flag ? spellingsOf(flag) : [])),
);

/**
 * Refuses a dry run of a topic without one, which would write in any case.
 *
 * @throws HostoutError `usage`
 */
function refuseDryRun(line: string): never {
  throw new HostoutError({
    code: "usage",
    message: `'${line}' has no dry run`,
    hint: `Leave --dry-run out, or read what it does first: hostout ${line} --help`,
  });
}

/**
 * Refuses a word that is nearly a subtopic, such as `hostout plugins crate`. Flags and assignments pass.
 *
 * @throws HostoutError `usage`
 */
function refuseNearSubtopic(name: string, word = ""): void {
  if (!/^[a-z]+$/.test(word)) return;
  const near = nearMiss(word, subtopics[name] ?? []);
  // `config` takes names of sections. Its error for an unknown section names similar ones.
  if (near === undefined || name === "config") return;
  throw new HostoutError({
    code: "usage",
    message: `hostout ${name} has no command '${word}'`,
    hint: `Did you mean 'hostout ${name} ${near}'?`,
  });
}

/** Runs a command of hostout itself, which is an oclif command in `commands/`. */
export async function runTopic(
  name: string,
  words: readonly string[],
  flags: GlobalFlags,
  assignments: readonly string[],
): Promise<number> {
  // Otherwise oclif looks for a TypeScript runner, unless NODE_ENV is production.
  settings.enableAutoTranspile = false;
  const config = await Config.load({ root: packageFolder });
  const deeper = config.findCommand(`${name}:${words[0]}`);
  const command = deeper ?? config.findCommand(name, { must: true });
  const own = deeper ? words.slice(1) : words;
  if (!deeper) refuseNearSubtopic(name, words[0]);
  if (flags.help || own.some((word) => isFlag(word, "help"))) {
    await new Help(config).showCommandHelp(command);
    return 0;
  }
  const line = command.id.replaceAll(":", " ");
  const declared = Object.entries(command.flags).flatMap(([flag, { char }]) => [
    `--${flag}`,
    ...(char === undefined ? [] : [`-${char}`]),
  ]);
  if ((flags.dryRun || own.includes("--dry-run")) && !declared.includes("--dry-run")) refuseDryRun(line);
  const given = [
    ...own.filter((word) => declared.includes(word) || !harmless.has(word)),
    ...(flags.config === undefined ? [] : ["--config", flags.config]),
    ...switchesFor(command, flags),
    ...assignments,
  ];
  try {
    const result: unknown = await config.runCommand(command.id, given);
    return typeof result === "number" ? result : 0;
  } catch (error) {
    if (!(error instanceof Errors.CLIError)) throw error;
    const message = oclifFault(error);
    const [, unknown] = /^Nonexistent flags?: (\S+?),?(?:\s|$)/.exec(message) ?? [];
    const near = unknown === undefined ? undefined : nearFlag(unknown, [...declared, ...globalFlagNames]);
    throw new HostoutError({
      code: "usage",
      message: unknown === undefined ? `${line}: ${message}` : `'${line}' has no flag '${unknown}'`,
      hint:
        near !== undefined
          ? `Did you mean '${near}'?`
          : `'hostout ${line} --help' lists its arguments and flags (${command.summary}).`,
      cause: error,
    });
  }
}
