import { type Config, isHostoutRecipe, type Origin, textOf } from "@hostout/config";

/** What a section says of itself, as far as that makes it a site or none; known of sections too that do not resolve. */
export interface SiteFacts {
  /** Where the section begins. */
  readonly origin: Origin | undefined;
  /** Empty where it has none. */
  readonly recipe: string;
  /** Whether it names hostout, by recipe, plugin or task file; another recipe; or neither. */
  readonly mark: "hostout" | "other recipe" | "none";
  readonly hasHost: boolean;
  /** Whether it has the option of a group. */
  readonly hasSites: boolean;
  /** Whether it names a plugin of collective.hostout that created hosts. */
  readonly createsHosts: boolean;
}

/** The facts of a section, with what it takes by `<=` and `extends`. */
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

/** The sections that take options from each section, by `<=` or `extends`. */
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

/** An option with `<=`, as it is written where it does not resolve; of a section whose `<=` is broken, its own. */
function writtenIn(config: Config, section: string, option: string): string | undefined {
  const text = config.history(section, option).at(-1)?.text;
  if (text === undefined) return config.raw(section).get(option);
  return textOf(config, section, option) || text;
}

export function wordsOf(text: string | undefined): readonly string[] {
  return (text ?? "").split(/\s+/).filter(Boolean);
}
