import type { Plugin } from "@hostout/kit";
import { checkDryRun, checkQuoting, checkReads, checkSecrets } from "./check-command.ts";
import { checkDeclarations } from "./check-declarations.ts";
import { checkTwice } from "./check-twice.ts";
import type { ContractCheck, ContractSettings } from "./contract-settings.ts";

/** The function `test` of a test runner: node:test, jest, vitest. */
export type RegisterTest = (name: string, check: () => Promise<void>) => unknown;

/**
 * Registers a test for each rule of the plugin contract. Uses `test` if given, else the runner's global
 * `test`, else node:test.
 */
export function testPlugin(
  plugin: Plugin,
  settings: ContractSettings & { readonly test?: RegisterTest } = {},
): void {
  const own = (globalThis as { readonly test?: RegisterTest }).test;
  const register = settings.test ?? own ?? process.getBuiltinModule("node:test").test;
  for (const { name, check } of contractOf(plugin, settings)) register(name, check);
}

/** Returns the rules, for use with another test runner. */
export function contractOf(plugin: Plugin, settings: ContractSettings = {}): readonly ContractCheck[] {
  const rule = (name: string, faults: () => Promise<readonly string[]>): ContractCheck => ({
    name: `${plugin.name}: ${name}`,
    check: async () => {
      const found = await faults();
      if (found.length > 0) throw new Error(found.join("\n"));
    },
  });
  const tried = Object.entries(plugin.commands)
    .filter(
      ([name, { run, runOnce, steps }]) =>
        (run || runOnce || steps) && !(settings.notRun && name in settings.notRun),
    )
    .map(([name]) => name);
  return [
    rule("options, arguments and commands have help, and name only what there is", async () =>
      checkDeclarations(plugin, settings),
    ),
    ...tried.flatMap((name) => {
      const { args = {}, reads, idempotent } = plugin.commands[name]!;
      const hasSecrets = [...Object.values(plugin.options), ...Object.values(args)].some(
        ({ secret }) => secret,
      );
      return [
        rule(`a dry run of ${name} changes nothing and shows the work of the run`, () =>
          checkDryRun(plugin, name, settings),
        ),
        rule(`${name} quotes what it gives to a shell`, () => checkQuoting(plugin, name, settings)),
        ...(hasSecrets
          ? [
              rule(`${name} keeps secrets out of command lines and output`, () =>
                checkSecrets(plugin, name, settings),
              ),
            ]
          : []),
        ...(reads
          ? [
              rule(`${name} reads the options that it says it reads`, () =>
                checkReads(plugin, name, settings),
              ),
            ]
          : []),
        ...(idempotent
          ? [
              rule(`${name} finds nothing to do when it is run twice`, () =>
                checkTwice(plugin, name, settings),
              ),
            ]
          : []),
      ];
    }),
  ];
}
