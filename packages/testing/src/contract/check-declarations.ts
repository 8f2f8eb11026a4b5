import {
  type AnyCommand,
  commandsOf,
  iniName,
  type OptionDeclaration,
  type OptionDeclarations,
  type Plugin,
  type Step,
  siteOptions,
} from "@hostout/kit";
import { fakeSite } from "../fake-site.ts";
import type { ContractSettings } from "./contract-settings.ts";

/** Checks the declarations of a plugin: everything has help, and all names exist. Returns the faults. */
export function checkDeclarations(plugin: Plugin, { beside = [] }: ContractSettings): readonly string[] {
  const site = fakeSite({ plugins: [...beside, plugin] });
  const known = commandsOf(site);
  const names = new Set([...known].flatMap(([name, { layers }]) => [name, ...layers.flatMap(aliasesOf)]));
  const commandFaults = Object.entries(plugin.commands).flatMap(([name, command]) => [
    ...helpFaults(name, command, known.get(name)!.layers.length > 1),
    ...Object.entries((command.args ?? {}) as OptionDeclarations).flatMap(([arg, declaration]) =>
      declarationFaults(`${name} ${arg}`, declaration),
    ),
    ...nameFaults(name, command, plugin.options, names),
  ]);
  return [
    ...(plugin.name === "" ? ["the plugin has no name"] : []),
    ...Object.entries(plugin.options).flatMap(([name, declaration]) =>
      declarationFaults(iniName(name), declaration),
    ),
    ...commandFaults,
  ];
}

const aliasesOf = ({ command }: { readonly command: AnyCommand }) => command.aliases ?? [];

function summaryFault(what: string, summary: string): readonly string[] {
  if (summary.trim() === "") return [`${what} has no summary`];
  if (summary.includes("\n")) return [`the summary of ${what} is more than one line`];
  return summary.endsWith(".") ? [`the summary of ${what} ends with a full stop`] : [];
}

function declarationFaults(what: string, declaration: OptionDeclaration): readonly string[] {
  const readable = [declaration.default, declaration.example].flatMap((text) => {
    if (text === undefined) return [];
    try {
      declaration.parse(text);
      return [];
    } catch (error) {
      return [
        `'${text}', which ${what} gives as default or example, cannot be read: ${(error as Error).message}`,
      ];
    }
  });
  return [...summaryFault(what, declaration.summary), ...readable];
}

function helpFaults(name: string, command: AnyCommand, overrides: boolean): readonly string[] {
  const summary =
    command.summary === undefined && overrides
      ? []
      : summaryFault(`the command ${name}`, command.summary ?? "");
  const own = [name, ...(command.aliases ?? [])];
  const examples = (command.examples ?? []).flatMap((line) =>
    own.includes(line.split(" ")[0] ?? "") ? [] : [`the example '${line}' of ${name} does not begin with it`],
  );
  return [...summary, ...examples];
}

function nameFaults(
  name: string,
  command: AnyCommand,
  options: OptionDeclarations,
  commands: ReadonlySet<string>,
): readonly string[] {
  const unknownOptions = [...(command.needs ?? []), ...(command.reads ?? [])]
    .filter((option) => !(option in options) && !(option in siteOptions))
    .map((option) => `${name} names the option '${option}', which nobody declares`);
  const steps = [command.steps, command.before, command.after, command.onFailure].flatMap((own) => own ?? []);
  return [...unknownOptions, ...steps.flatMap((step) => stepFaults(name, step, options, commands))];
}

function stepFaults(
  name: string,
  step: Step,
  options: OptionDeclarations,
  commands: ReadonlySet<string>,
): readonly string[] {
  if (typeof step === "string") return stepFaults(name, { command: step }, options, commands);
  if ("steps" in step) return step.steps.flatMap((one) => stepFaults(name, one, options, commands));
  return [
    ...(commands.has(step.command)
      ? []
      : [
          `${name} names the command '${step.command}', which there is not; give the plugin that has it as 'beside'`,
        ]),
    ...(step.when === undefined || options[step.when]?.type === "boolean"
      ? []
      : [`'${step.when}', on which a step of ${name} depends, is no boolean option of the plugin`]),
  ];
}
