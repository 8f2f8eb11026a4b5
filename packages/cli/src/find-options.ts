import { ConfigError, readConfig } from "@hostout/config";

/** What is known of one option: its text, why it does not resolve, or undefined when it is not set. */
export type FoundOption = string | ConfigError | undefined;

/**
 * Looks single options up in sections that do not resolve as a whole, as those of buildout often do not: recipes set
 * options while they run. The sections' other options are not looked at.
 */
export async function findOptions(
  file: string,
  assignments: readonly string[],
  option: string,
  sections: readonly string[],
): Promise<ReadonlyMap<string, FoundOption>> {
  if (sections.length === 0) return new Map();
  const probes = sections.map((_, index) => `hostout probe ${index}`);
  const config = await readConfig(file, {
    assignments: [
      ...assignments,
      ...sections.map((name, index) => `${probes[index]}:value=\${${name}:${option}}`),
    ],
  });
  return new Map(
    sections.map((name, index): readonly [string, FoundOption] => {
      try {
        return [name, config.section(probes[index]!).options.get("value")?.text];
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        // The reference itself finds nothing, not what it refers to.
        const isUnset =
          /^missing-option|^bad-/.test(error.kind) && error.message.includes(`${probes[index]}:value`);
        return [name, isUnset ? undefined : error];
      }
    }),
  );
}
