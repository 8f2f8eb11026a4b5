import { dirname, relative } from "node:path";
import { builtIn, ConfigError, hideUrlSecrets, isSecretName, type Step, type Value } from "@hostout/config";
import { Flags } from "@oclif/core";
import { hiddenOptions, type IsHidden } from "../../config/hidden-options.ts";
import { type PrintedOption, printSection } from "../../config/print-section.ts";
import type { Project } from "../../project/project.ts";
import { ProjectCommand, projectFlags } from "../../project/project-command.ts";
import { jsonText } from "../../show/json-text.ts";

interface Shown {
  readonly project: Project;
  readonly isHidden: IsHidden;
  readonly annotate: boolean;
  readonly raw: boolean;
  readonly showSecrets: boolean;
}

/** The command `hostout config`: the resolved configuration, and the place of each value. */
export default class Config extends ProjectCommand {
  static override summary = "Print the resolved configuration, or some sections of it";
  static override description =
    "Words are names of sections; words with = are assignments (section:option=value). Secrets of sites are hidden, and --json names them in the field !hidden of their section.";
  static override examples = [
    "hostout config first-site --annotate",
    "hostout config --json -c buildout.cfg",
    "hostout config get first-site:path",
    "hostout config set custom.cfg instance:eggs+=my.package",
    "hostout config diff dev.cfg production.cfg",
    "hostout config lint",
  ];
  static override strict = false;
  static override flags = {
    ...projectFlags,
    annotate: Flags.boolean({
      char: "a",
      summary: "with every line that set, added or took away, and its place",
    }),
    raw: Flags.boolean({ summary: "merged, but before <= and ${} are replaced" }),
    "show-secrets": Flags.boolean({ summary: "show secrets too" }),
  };

  override async run(): Promise<number> {
    const { flags, argv } = await this.parse(Config);
    const words = argv as string[];
    const project = await this.open(
      flags,
      words.filter((word) => word.includes("=")),
    );
    const isHidden = flags["show-secrets"] ? () => false : await hiddenOptions(project);
    const named = words.filter((word) => !word.includes("="));
    const { annotate, raw, "show-secrets": showSecrets } = flags;
    const shown = { project, isHidden, annotate, raw, showSecrets };
    const names = named.length > 0 ? named : project.config.sectionNames;
    const print = (text: string) => (showSecrets ? this.printAsked(text) : this.log(text));
    if (flags.json) print(jsonText(Object.fromEntries(names.map((name) => [name, asData(shown, name)])), 2));
    else for (const name of names) this.print(shown, name, flags["show-secrets"], named.length > 0);
    return 0;
  }

  private print(shown: Shown, name: string, showSecrets: boolean, isNamed: boolean): void {
    const folder = dirname(shown.project.file);
    const shorten = (file: string) => (file.startsWith(`${folder}/`) ? relative(folder, file) : file);
    const isHidden = (option: string) =>
      shown.isHidden(name, option) || (!showSecrets && isSecretName(option));
    try {
      const options = [...optionsOf(shown, name)]
        .filter(([key]) => isNamed || !isBuiltIn(historyOf(shown, name, key)))
        .map(
          ([key, value]): PrintedOption => ({
            name: key,
            text: isHidden(key) ? undefined : value,
            history: shown.annotate ? historyOf(shown, name, key) : [],
          }),
        );
      const text = printSection(name, options, shorten).join("\n");
      if (showSecrets) this.printAsked(text);
      else this.log(text);
    } catch (error) {
      // In the list of all sections, one that does not resolve is reported and hides no other. A section that
      // the user named is an error.
      if (!(error instanceof ConfigError) || isNamed) throw error;
      this.log(
        `[${name}]\n# does not resolve: ${error.message}${error.origin ? ` (${shorten(error.origin.file)}:${error.origin.line})` : ""}\n`,
      );
    }
  }
}

/** Checks for values that buildout sets itself. They are shown only if the user names their section. */
function isBuiltIn([first, ...others]: readonly Step[]): boolean {
  return first?.origin.file === builtIn && others.length === 0;
}

function optionsOf({ project, raw }: Shown, name: string): ReadonlyMap<string, string> {
  if (raw) {
    if (!project.config.sectionNames.includes(name)) project.config.section(name);
    return project.config.raw(name);
  }
  const values: ReadonlyMap<string, Value> =
    project.sites.get(name)?.values ?? project.config.section(name).options;
  return new Map([...values].map(([key, { text }]) => [key, text]));
}

function historyOf({ project }: Shown, name: string, option: string): readonly Step[] {
  const section = project.sites.get(name)?.sources.get(option) ?? name;
  return project.config.history(section, option.replace(/ [-+]$/, ""));
}

/** Returns the options of a section with the names of the hidden ones, or the error of the section. */
function asData(shown: Shown, name: string): object {
  try {
    const texts = [...optionsOf(shown, name)];
    const options = texts.map(([key, text]): [string, unknown] => {
      const value = valueData(shown, name, key, text);
      return [key, shown.annotate ? { value, history: historyData(shown, name, key) } : value];
    });
    const hidden = texts.flatMap(([key, text]) => (valueData(shown, name, key, text) === text ? [] : [key]));
    return { ...Object.fromEntries(options), ...(hidden.length > 0 && { "!hidden": hidden }) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { "!error": error.message, ...(shown.annotate && { fault: error }) };
  }
}

function valueData({ isHidden, showSecrets }: Shown, name: string, option: string, text: string): string {
  if (isHidden(name, option)) return "***";
  return showSecrets ? text : hideUrlSecrets(text);
}

function historyData(shown: Shown, name: string, option: string): readonly object[] {
  return historyOf(shown, name, option).map(({ operator, text, origin, section }) => ({
    operator,
    text: valueData(shown, name, option, text),
    section,
    file: origin.file,
    line: origin.line,
  }));
}
