import { type Config, formatOrigin, hasUrlSecret, isSecretName, type Origin, textOf } from "@hostout/kit";
import { isClear } from "./own-secrets.ts";

/** The options of a configuration that hold a secret in clear, also an address with a token, each with its place. @param isMeant whether what is written there counts */
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
  /** An option, a variable or a flag. */
  readonly name: string;
  readonly text: string;
}

/** The secrets in lines of commands: of options of the configuration, by their name, and what is said to be one there. */
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
  // TOKEN=x, --password=x, --password x; what the shell puts in is no secret here.
  const said = text.matchAll(
    /(?:(?<=^|[\s;&|("'])([\w-]+)=|(--[\w-]+)\s+)["']?((?![-"'$`\s])[^\s"'`;|&)]+)/g,
  );
  const isKnown = (value: string) => options.some(({ text: known }) => known.includes(value));
  const others = [...said].flatMap(([, name = "", flag = name, value = ""]) =>
    isSecretName(flag) && !isKnown(value) ? [{ name: flag, text: value }] : [],
  );
  return [...options, ...others];
}
