import { dirname, isAbsolute, relative } from "node:path";
import {
  type Composition,
  commandWords,
  findCommand,
  iniName,
  type OptionDeclaration,
  type OptionDeclarations,
  type Origin,
  type Site,
  type Step,
  siteOptions,
} from "@hostout/kit";
import { usageOf } from "../line/usage.ts";
import type { Style } from "../show/style.ts";
import { globalFlagHelp } from "./global-flag-help.ts";
import { columns, paragraph, summaryOf } from "./listing.ts";

/** Returns the text of `hostout SITE COMMAND --help`. */
export function commandHelp(site: Site, { name, layers }: Composition, style: Style): string {
  const takes = commandWords(layers);
  const lines = [
    summaryOf(layers.map(({ command }) => command)),
    "",
    style.bold("Usage"),
    `  hostout ${site.name} ${usageOf(name, takes)}`,
  ];
  const description = layers.find(({ command }) => command.description)?.command.description;
  if (description) lines.push("", ...paragraph(description));
  const words = takes.all.map(({ name: word, declaration: { flag, summary, default: value } }) => [
    flag ? `--${word}` : word.toUpperCase(),
    `${summary}${value === undefined || flag ? "" : ` (${value})`}`,
  ]);
  if (takes.rest) words.push([`${takes.rest.name.toUpperCase()}…`, takes.rest.summary]);
  if (words.length > 0) lines.push("", style.bold("Arguments"), ...columns(words));
  const steps = layers.find(({ command }) => command.steps)?.command.steps ?? [];
  if (steps.length > 0) {
    const rows = steps.flatMap(stepRows);
    lines.push(
      "",
      style.bold("Steps, each when the one before has succeeded on every host"),
      ...columns(rows),
    );
  }
  const aliases = layers.flatMap(({ command }) => command.aliases ?? []);
  if (aliases.length > 0) lines.push("", `Also called ${aliases.join(", ")}.`);
  if (layers.length > 1)
    lines.push("", `Overridden: ${layers.map(({ plugin }) => plugin.name).join(" over ")}`);
  const options = optionRows(site, name);
  if (options.length > 0)
    lines.push("", style.bold("Options of the site that it reads, and their values"), ...columns(options));
  const examples = layers.flatMap(({ command }) => command.examples ?? []);
  if (examples.length > 0)
    lines.push("", style.bold("Examples"), ...examples.map((line) => `  hostout ${site.name} ${line}`));
  lines.push("", style.bold("Flags of hostout"), ...columns(globalFlagHelp));
  return `${lines.join("\n")}\n`;
}

/** Returns each option that the command and its steps read, with its value and its place. Secrets stay hidden. */
function optionRows(site: Site, name: string): readonly (readonly string[])[] {
  const declarations = readBy(site, name, new Set());
  return [...declarations].map(([key, { summary, secret, default: fallback }]) => {
    const value = site.values.get(iniName(key));
    const preset = fallback === undefined ? "not set" : `${oneLine(fallback)} (default)`;
    const present = value
      ? `${secret ? "***" : oneLine(value.text)} (${placeOf(value.origin, site)})`
      : preset;
    return [iniName(key), `${summary} [${present}]`];
  });
}

/**
 * Returns the declarations of the options, by their names in code. A command that does not list its options may
 * read all options of its plugin.
 */
function readBy(site: Site, name: string, seen: Set<string>): ReadonlyMap<string, OptionDeclaration> {
  if (seen.has(name)) return new Map();
  seen.add(name);
  const found = new Map<string, OptionDeclaration>();
  for (const { plugin, command } of findCommand(site, name)?.layers ?? []) {
    const own: OptionDeclarations = { ...siteOptions, ...plugin.options };
    const all = command.run || command.runOnce ? Object.keys(plugin.options) : [];
    for (const key of command.reads ?? all) if (own[key]) found.set(key, own[key]);
    const steps = [command.before, command.steps, command.after, command.onFailure].flatMap(
      (some) => some ?? [],
    );
    for (const step of steps.flatMap(namesOf))
      for (const [key, declaration] of readBy(site, step, seen)) found.set(key, declaration);
  }
  return found;
}

function namesOf(step: Step): readonly string[] {
  if (typeof step === "string") return [step];
  return "command" in step ? [step.command] : [...step.steps, ...(step.undo ?? [])].flatMap(namesOf);
}

/** Returns a place. The path is short if the file is in the project's folder, the usual case. */
function placeOf({ file, line }: Origin, { config }: Site): string {
  const short = relative(dirname(config), file);
  return `${short.startsWith("..") || !isAbsolute(file) ? file : short}${line > 0 ? `:${line}` : ""}`;
}

function oneLine(text: string): string {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean)
    .join(" ");
}

/** Returns the rows of a step. Steps of one list stand below each other; rolling lists are marked. */
function stepRows(step: Step): readonly (readonly string[])[] {
  if (typeof step === "string") return [[step]];
  if ("command" in step)
    return [[step.command, step.when === undefined ? "" : `where ${iniName(step.when)} is true`]];
  const rows = step.steps.flatMap(stepRows);
  return step.rolling ? rows.map(([name = "", when = ""]) => [name, `${when} batch by batch`.trim()]) : rows;
}
