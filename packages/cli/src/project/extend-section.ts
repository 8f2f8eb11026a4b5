import { dirname, isAbsolute, resolve } from "node:path";
import type { Config, Section, Value } from "@hostout/config";
import { commandsAround } from "./host-lines.ts";

/** A section with the options that it takes by `extends`. */
interface ExtendedSection extends Section {
  readonly sources: ReadonlyMap<string, string>;
}

/**
 * The options to which `extends = NAME` adds the values of that section, below its own values, as
 * collective.hostout did.
 */
const isAdded: ReadonlySet<string> = new Set(["fabfiles", "tasks", ...commandsAround]);

/** Returns a value with absolute paths, because files are relative to the file that names them. */
function inFull(key: string, value: Value, config: Config): string {
  if (key !== "fabfiles" && key !== "tasks") return value.text;
  return words(value)
    .map((word) => resolve(folderOf(value, config), word))
    .join("\n");
}

/** Returns the folder of the file that sets a value. */
export function folderOf({ origin }: Value, config: Config): string {
  return dirname(isAbsolute(origin.file) ? origin.file : config.file);
}

/**
 * Returns a function for `extends = NAME` of a site. If NAME is a section, the site takes its options; the
 * site's own options win. Each section is read once, and a section that extends itself is skipped.
 */
export function makeExtender(config: Config): (section: Section) => ExtendedSection {
  const known = new Map<string, ExtendedSection | undefined>();
  const extend = (section: Section): ExtendedSection => {
    const options = new Map<string, Value>();
    const sources = new Map<string, string>();
    const added = new Map<string, string[]>();
    known.set(section.name, undefined);
    for (const base of words(section.options.get("extends"))) {
      if (!config.sectionNames.includes(base)) continue;
      const below = known.has(base) ? known.get(base) : extend(config.section(base));
      for (const [key, value] of below?.options ?? []) {
        if (isAdded.has(key)) added.set(key, [...(added.get(key) ?? []), inFull(key, value, config)]);
        options.set(key, isAdded.has(key) ? { ...value, text: added.get(key)!.join("\n") } : value);
        sources.set(key, below?.sources.get(key) ?? base);
      }
    }
    const inherited = options.get("extends");
    for (const [key, value] of section.options) {
      options.set(key, value);
      sources.delete(key);
    }
    const own = section.options.get("extends");
    if (own && inherited) options.set("extends", { ...own, text: `${inherited.text}\n${own.text}` });
    for (const [key, value] of section.options) {
      const base = added.get(key);
      if (base) options.set(key, { ...value, text: [inFull(key, value, config), ...base].join("\n") });
    }
    const extended = { ...section, options, sources };
    known.set(section.name, extended);
    return extended;
  };
  return (section) => known.get(section.name) ?? extend(section);
}

/** Returns the words of an option; none if it is not set. */
export function words(value: Value | undefined): readonly string[] {
  return (value?.text ?? "").split(/\s+/).filter(Boolean);
}
