import { ConfigError } from "./config-error.ts";
import { overlay } from "./merge.ts";
import type { RawSection } from "./parse-file.ts";
import type { Origin, Section, Value } from "./value.ts";

/** All sections, merged but not resolved. */
export interface MergedConfig {
  readonly sections: ReadonlyMap<string, RawSection>;
  readonly headers: ReadonlyMap<string, Origin>;
}

/** Resolves sections on demand: first `<`, then `${section:option}`, each once. */
export function makeResolver(config: MergedConfig): (name: string) => Section {
  const expanded = new Map<string, RawSection>();
  const resolved = new Map<string, Section>();
  const values = new Map<string, string>();

  const expand = (name: string, chain: readonly string[]): RawSection => {
    const done = expanded.get(name);
    if (done) return done;
    const own = config.sections.get(name)!;
    const inherit = name === "buildout" ? undefined : own.get("<");
    if (!inherit) return own;
    if (chain.includes(name)) {
      throw new ConfigError(
        "macro-loop",
        `sections take each other's options in a circle: ${[...chain, name].join(" <= ")}`,
        inherit.origin,
      );
    }
    const base: RawSection = new Map();
    for (const line of inherit.text
      .split("\n")
      .map((text) => text.trim())
      .filter(Boolean)) {
      if (!config.sections.has(line)) throw missingMacro(name, line, inherit);
      for (const [key, value] of expand(line, [...chain, name])) base.set(key, value);
    }
    const result = overlay(base, own);
    result.delete("<");
    expanded.set(name, result);
    return result;
  };

  const optionText = (sectionName: string, option: string, chain: readonly string[]): string => {
    const place = `${sectionName}:${option}`;
    const known = values.get(place);
    if (known !== undefined) return known;
    const value = expand(sectionName, []).get(option)!;
    if (chain.includes(place)) {
      throw new ConfigError(
        "circular",
        `values refer to each other in a circle: ${[...chain, place].join(" -> ")}`,
        value.origin,
      );
    }
    const text = value.text
      .split("$$")
      .map((piece) =>
        piece.replaceAll(/\$\{([^}]*)\}/g, (_, reference: string) =>
          lookUp(reference, sectionName, option, value, [...chain, place]),
        ),
      )
      .join("$$");
    values.set(place, text);
    return text;
  };

  const lookUp = (
    reference: string,
    from: string,
    fromOption: string,
    at: Value,
    chain: readonly string[],
  ): string => {
    const { section, option } = readReference(reference, from, fromOption, at.origin);
    const options = config.sections.has(section) ? expand(section, []) : undefined;
    if (!options) {
      throw new ConfigError(
        "missing-section",
        `\${${reference}} in ${from}:${fromOption}: there is no section '${section}'`,
        at.origin,
      );
    }
    if (options.has(option)) return optionText(section, option, chain);
    if (option === "_buildout_section_name_") return from;
    throw new ConfigError(
      "missing-option",
      `\${${reference}} in ${from}:${fromOption}: section '${section}' has no option '${option}'`,
      at.origin,
    );
  };

  return (name) => {
    const done = resolved.get(name);
    if (done) return done;
    if (!config.sections.has(name))
      throw new ConfigError("missing-section", `there is no section '${name}'`, undefined);
    const options = new Map<string, Value>();
    for (const [key, { origin }] of expand(name, []))
      options.set(key, { text: optionText(name, key, []), origin });
    const section = { name, origin: config.headers.get(name)!, options };
    resolved.set(name, section);
    return section;
  };
}

function missingMacro(name: string, line: string, inherit: Value): ConfigError {
  const hint = /\s/.test(line) ? "Names of several sections go on lines of their own." : undefined;
  return new ConfigError(
    "macro-missing-section",
    `[${name}] takes the options of '${line}', which is no section`,
    inherit.origin,
    hint,
  );
}

function readReference(
  reference: string,
  from: string,
  fromOption: string,
  origin: Origin,
): { readonly section: string; readonly option: string } {
  const what = `\${${reference}} in ${from}:${fromOption}`;
  const parts = reference.split(":");
  const asText = "To have it as text, write $${…}.";
  if (parts.length < 2)
    throw new ConfigError("no-colon", `${what} has no colon`, origin, `It is \${section:option}. ${asText}`);
  if (parts.length > 2)
    throw new ConfigError(
      "too-many-colons",
      `${what} has too many colons`,
      origin,
      `It is \${section:option}. ${asText}`,
    );
  const [section = "", option = ""] = parts;
  if (section !== "" && !/^[-a-zA-Z0-9 ._]+$/.test(section))
    throw new ConfigError("bad-section-name", `${what}: no name of a section`, origin, asText);
  if (!/^[-a-zA-Z0-9 ._]+$/.test(option))
    throw new ConfigError("bad-option-name", `${what}: no name of an option`, origin, asText);
  return { section: section === "" ? from : section, option };
}
