import { type Config, isHostoutRecipe, type Origin, textOf } from "@hostout/config";

/** The facts that decide whether a section is a site. They are also known for sections that do not resolve. */
export interface SiteFacts {
  /** The start of the section. */
  readonly origin: Origin | undefined;
  /** The recipe; empty if the section has none. */
  readonly recipe: string;
  /** Whether the section names hostout (by recipe, plugin or task file), another recipe, or neither. */
  readonly mark: "hostout" | "other recipe" | "none";
  readonly hasHost: boolean;
  /** Whether the section has the option of a group. */
  readonly hasSites: boolean;
  /** Whether the section names a plugin of collective.hostout that created hosts. */
  readonly createsHosts: boolean;
}

/** Returns the facts of a section, with its options from `<=` and `extends`. */
export function siteFacts(config: Config, name: string): SiteFacts {
  const sections = new Set([name]);
  for (const section of sections)
    for (const base of wordsOf(writtenIn(config, section, "extends")))
      if (config.sectionNames.includes(base)) sections.add(base);
  const find = (option: string) => {
    for (const section of sections) {
      const text = writtenIn(config, section, option);
      if (text !== undefined) return text;
    }
    return undefined;
  };
  const plugins = [
    ...[...sections].flatMap((section) => wordsOf(writtenIn(config, section, "extends"))),
    ...wordsOf(find("plugins")),
  ];
  const isForHostout =
    plugins.some((word) => /^(?:@[\w.-]+\/)?hostout[.-]/.test(word)) ||
    wordsOf(find("tasks") ?? find("fabfiles")).length > 0;
  const recipe = find("recipe")?.trim() ?? "";
  const ofRecipe = isHostoutRecipe(recipe) ? "hostout" : "other recipe";
  return {
    origin: config.origin(name),
    recipe,
    mark: recipe !== "" ? ofRecipe : isForHostout ? "hostout" : "none",
    hasHost: find("host") !== undefined,
    hasSites: find("sites") !== undefined,
    createsHosts: plugins.some((word) => /^hostout[.-](?:cloud|ec2|rackspace)$/.test(word)),
  };
}

/** Returns, for each section, the sections that take its options by `<=` or `extends`. */
export function heirsOf(config: Config): ReadonlyMap<string, readonly string[]> {
  const heirs = new Map<string, string[]>();
  for (const name of config.sectionNames) {
    if (name === "buildout") continue;
    const raw = config.raw(name);
    const bases = ["<", "< +"].flatMap((key) => raw.get(key)?.split("\n") ?? []).map((line) => line.trim());
    for (const base of new Set([...bases, ...wordsOf(raw.get("extends"))])) {
      if (base === name) continue;
      const known = heirs.get(base);
      if (known) known.push(name);
      else heirs.set(base, [name]);
    }
  }
  return heirs;
}

/**
 * Returns an option, also from `<=`, with its references unresolved if they fail. If `<=` is broken, only the
 * section's own option counts.
 */
function writtenIn(config: Config, section: string, option: string): string | undefined {
  const text = config.history(section, option).at(-1)?.text;
  if (text === undefined) return config.raw(section).get(option);
  return textOf(config, section, option) || text;
}

/** Returns the words of a text; none if it is undefined. */
export function wordsOf(text: string | undefined): readonly string[] {
  return (text ?? "").split(/\s+/).filter(Boolean);
}
