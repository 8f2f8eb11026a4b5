import { ConfigError, type Place } from "../config-error.ts";
import { didYouMean } from "../near-miss.ts";
import type { MergedOption } from "../text/merge.ts";
import { strip, wordsOf } from "../text/white-space.ts";
import type { Expander, MergedConfig } from "./expand.ts";
import { piecesOf, type Reference } from "./reference.ts";

/** One thing that an option needs: an existing section, or the error that it causes. */
export type Need = { readonly section: string } | { readonly fault: ConfigError };

/** An option, with the section that uses it. */
export interface OptionUse {
  readonly section: string;
  readonly name: string;
  readonly option: MergedOption;
}

/** Finds the sections that an option refers to, each reference by itself. */
export function findNeeds(use: OptionUse, config: MergedConfig, expander: Expander): readonly Need[] {
  const { section, name, option } = use;
  const isVersions = section === "buildout" && name === "versions";
  if (name === "<part-dependencies>")
    return wordsOf(option.text).map((word) => sectionNamed(word, use, config));
  if (isVersions && !option.text.includes("${")) {
    const need = sectionNamed(strip(option.text), use, config);
    // [buildout] names this section but does not refer to it, so an error in it is not an error of
    // [buildout].
    return "fault" in need && option.text !== "" ? [need] : [];
  }
  return piecesOf(option.text).flatMap((piece): readonly Need[] => {
    if (typeof piece === "string") return [];
    if ("fault" in piece) return [{ fault: inPlace(piece.fault, piece.written, use, config) }];
    const target = piece.section || section;
    if (!config.sections.has(target)) return [missingSection(target, piece.written, use, config)];
    const { options, fault } = expander.expand(target);
    if (fault || options.has(piece.option) || piece.option === "_buildout_section_name_")
      return [{ section: target }];
    return [missingOption(piece, use, config, options)];
  });
}

function sectionNamed(name: string, use: OptionUse, config: MergedConfig): Need {
  return config.sections.has(name) ? { section: name } : missingSection(name, name, use, config);
}

function inPlace(fault: ConfigError, written: string, use: OptionUse, config: MergedConfig): ConfigError {
  return new ConfigError({
    kind: fault.kind,
    message: `${use.section}:${use.name}: ${fault.message}`,
    hint: fault.hint,
    place: () => placeOf(written, use, config),
  });
}

function missingSection(target: string, written: string, use: OptionUse, config: MergedConfig): Need {
  const verb = written === target ? "names" : "refers to";
  const fault = new ConfigError({
    kind: "missing-section",
    message: `${use.section}:${use.name} ${verb} the section '${target}', which does not exist`,
    place: () => placeOf(written, use, config),
    hint: () => didYouMean(target, config.sections.keys()),
  });
  return { fault };
}

function missingOption(
  { section, option, written }: Reference,
  use: OptionUse,
  config: MergedConfig,
  options: ReadonlyMap<string, MergedOption>,
): Need {
  const target = section || use.section;
  const fault = new ConfigError({
    kind: "missing-option",
    message: `${use.section}:${use.name} refers to ${target}:${option}, and [${target}] has no option '${option}'`,
    place: () => placeOf(written, use, config),
    hint: () => didYouMean(option, options.keys()),
  });
  return { fault };
}

/** Finds a text in the steps that made an option. Of several places, returns the last. */
export function placeOf(
  written: string,
  { option }: Pick<OptionUse, "option">,
  { sources }: MergedConfig,
): Place {
  const step = option.history.findLast(({ text }) => text.includes(written)) ?? option.step;
  return sources.find(step.origin, written);
}
