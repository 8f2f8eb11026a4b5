import {
  type AnyCommand,
  iniName,
  type OptionDeclaration,
  type OptionDeclarations,
  type Plugin,
  type Site,
} from "@hostout/kit";
import { type FakeRunResult, fakeRun } from "../fake-run.ts";
import { fakeSite } from "../fake-site.ts";
import type { ContractSettings } from "./contract-settings.ts";

/** Values that replace those of the settings: options by INI name, arguments and flags by name in code. */
export interface Values {
  readonly options?: Readonly<Record<string, string>>;
  readonly args?: Readonly<Record<string, string>>;
}

/** Returns a text that a declaration can read. */
export function sampleOf({ example, default: preset, type, choices }: OptionDeclaration): string {
  return preset ?? example ?? choices[0] ?? samples[type] ?? "x";
}

const samples: Readonly<Record<string, string>> = {
  string: "x",
  words: "x",
  lines: "true",
  path: "/srv/x",
  secret: "x",
  duration: "1s",
  size: "1k",
  integer: "1",
  boolean: "true",
};

/** Makes a site that can run the plugin's commands. */
export function trySite(
  plugin: Plugin,
  settings: ContractSettings,
  {
    values = {},
    hosts = "web1 web2",
    config,
  }: { readonly values?: Values; readonly hosts?: string; readonly config?: string } = {},
): Site {
  const samplesOfAll = [...(settings.beside ?? []), plugin].flatMap(({ options }) =>
    Object.entries(options).flatMap(([name, declaration]) =>
      declaration.default === undefined && !declaration.optional
        ? [[iniName(name), sampleOf(declaration)] as const]
        : [],
    ),
  );
  return fakeSite({
    hosts,
    plugins: [...(settings.beside ?? []), plugin],
    options: {
      path: "/srv/site",
      ...Object.fromEntries(samplesOfAll),
      ...settings.options,
      ...values.options,
    },
    ...(config !== undefined && { config }),
  });
}

/** Runs one command of the plugin on machines that only record calls. */
export function tryCommand(
  plugin: Plugin,
  name: string,
  settings: ContractSettings,
  {
    values = {},
    dryRun = false,
    site = trySite(plugin, settings, { values }),
  }: {
    readonly values?: Values;
    readonly dryRun?: boolean;
    readonly site?: Site;
  } = {},
): Promise<FakeRunResult> {
  const { answers = [] } = settings;
  const command = { name, ...wordsOf(plugin.commands[name]!, settings.args?.[name], values.args) };
  return fakeRun({ sites: [site], commands: [command], answers, dryRun, jobs: 1 });
}

/** Makes the words of a command: arguments by position, and flags only where `values` has one. */
export function wordsOf(
  command: AnyCommand,
  given: readonly string[] | undefined,
  values: Readonly<Record<string, string>> = {},
): { readonly args: readonly string[]; readonly flags: Readonly<Record<string, string>> } {
  const declared = Object.entries((command.args ?? {}) as OptionDeclarations);
  const places = declared.filter(([, { flag }]) => !flag);
  const own = places.map(
    ([key, declaration], index) => values[key] ?? given?.[index] ?? sampleOf(declaration),
  );
  const flags = declared
    .filter(([key, { flag }]) => flag && key in values)
    .map(([key]) => [key, values[key]!] as const);
  return { args: [...own, ...(given ?? []).slice(places.length)], flags: Object.fromEntries(flags) };
}
