import { type Config, formatOrigin, hasUrlSecret, isSecretName, type Origin, textOf } from "@hostout/kit";
import { isClear } from "./own-secrets.ts";

/**
 * Returns the options that hold a secret in clear text, also an address with a token, each with its place. @param
 * isMeant whether values of that place count
 */
export function secretsOf(config: Config, isMeant: (origin: Origin) => boolean): readonly string[] {
  return config.sectionNames.flatMap((section) =>
    [...config.raw(section).keys()].flatMap((name) =>
      config
        .history(section, name.replace(/ [-+]$/, ""))
        .filter(({ text }) => hasUrlSecret(text) || (isSecretName(name) && isClear(text)))
        .filter(({ origin }) => isMeant(origin))
        .map(({ origin }) => `[${section}] ${name} (${formatOrigin(origin)})`),
    ),
  );
}

/** Shorter values are words of any command. */
const shortest = 4;

/** A secret in a command line. */
export interface NamedSecret {
  /** The name of an option, a variable or a flag. */
  readonly name: string;
  readonly text: string;
}

/**
 * Returns the secrets in lines of commands: values of secret options of the configuration, and values that the line
 * itself names so.
 */
export function secretsIn(lines: readonly string[], config: Config): readonly NamedSecret[] {
  const text = lines.join("\n");
  const options = config.sectionNames.flatMap((section) =>
    [...config.raw(section).keys()].filter(isSecretName).flatMap((name) => {
      const value = textOf(config, section, name).trim();
      return value.length >= shortest && text.includes(value)
        ? [{ name: `[${section}] ${name}`, text: value }]
        : [];
    }),
  );
  // TOKEN=x, --password=x, --password x. A value that the shell inserts is not a secret here.
  const said = text.matchAll(
    /(?:(?<=^|[\s;&|("'])([\w-]+)=|(--[\w-]+)\s+)["']?((?![-"'$`\s])[^\s"'`;|&)]+)/g,
  );
  const isKnown = (value: string) => options.some(({ text: known }) => known.includes(value));
  const others = [...said].flatMap(([, name = "", flag = name, value = ""]) =>
    isSecretName(flag) && !isKnown(value) ? [{ name: flag, text: value }] : [],
  );
  return [...options, ...others];
}
