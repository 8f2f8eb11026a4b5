import { type Config, formatOrigin, isSecretName } from "@hostout/kit";

/** The options of a configuration that hold a secret in clear, each with its place. */
export function secretsOf(config: Config): readonly string[] {
  return config.sectionNames.flatMap((section) =>
    [...config.raw(section).keys()].filter(isSecretName).flatMap((name) =>
      config
        .history(section, name)
        // What only refers to another option is no secret; that one is.
        .filter(({ text }) => text.trim() !== "" && !/^(?:\$\{[^}]*\}\s*)*$/.test(text))
        .map(({ origin }) => `[${section}] ${name} (${formatOrigin(origin)})`),
    ),
  );
}
