import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { ConfigError, isSecretName } from "@hostout/config";
import { HostoutError } from "@hostout/kit";
import { diffOptions, printDifferences, type SectionTexts } from "../../config/diff-options.ts";
import { hiddenOptions, type IsHidden } from "../../config/hidden-options.ts";
import { unknownSite } from "../../line/select-sites.ts";
import { openProject, type Project } from "../../project/project.ts";
import { ProjectCommand, projectFlags } from "../../project/project-command.ts";

interface Side {
  readonly sections: ReadonlyMap<string, SectionTexts>;
  readonly isHidden: IsHidden;
}

/** The command `hostout config diff A B`: the options in which two files, or two sections of one file, differ. */
export default class ConfigDiff extends ProjectCommand {
  static override summary = "Print the options in which two files, or two sites, differ: A B";
  static override strict = false;
  static override flags = projectFlags;

  override async run(): Promise<number> {
    const { flags, argv } = await this.parse(ConfigDiff);
    const words = argv as string[];
    const assignments = words.filter((word) => word.includes("="));
    const names = words.filter((word) => !word.includes("="));
    const [left, right] = names;
    if (left === undefined || right === undefined || names.length > 2) {
      throw new HostoutError({
        code: "usage",
        message: "config diff takes two files or two sites",
        hint: "For example: hostout config diff dev.cfg production.cfg",
      });
    }
    const sides =
      existsSync(left) && existsSync(right)
        ? await Promise.all([left, right].map((file) => ofFile(file, assignments)))
        : await ofSections(await this.open(flags, assignments), left, right);
    const differences = diffOptions(sides[0]!.sections, sides[1]!.sections);
    const isHidden = (section: string, option: string) =>
      isSecretName(option) || sides.some((side) => side.isHidden(section, option));
    if (flags.json) {
      this.printJson(
        differences.map((difference) => {
          const hidden = isHidden(difference.section, difference.option);
          return hidden ? { ...difference, left: "***", right: "***", hidden } : difference;
        }),
      );
    } else if (differences.length === 0) this.log(`${left} and ${right} say the same`);
    else
      for (const line of [`- ${left}`, `+ ${right}`, "", ...printDifferences(differences, isHidden)])
        this.log(line);
    return 0;
  }
}

async function ofFile(name: string, assignments: readonly string[]): Promise<Side> {
  const project = await openProject(resolve(name), { assignments });
  const sections = new Map(
    project.config.sectionNames.map((section) => [section, textsOf(project, section)]),
  );
  return { sections, isHidden: await hiddenOptions(project) };
}

/** Returns two sections of one project under both names. */
async function ofSections(project: Project, left: string, right: string): Promise<readonly Side[]> {
  const name = `${left} | ${right}`;
  const isHiddenIn = await hiddenOptions(project);
  return [left, right].map((section) => {
    if (!project.config.sectionNames.includes(section)) throw unknownSite(project, section);
    const isHidden: IsHidden = (_, option) => isHiddenIn(section, option);
    return { sections: new Map([[name, textsOf(project, section)]]), isHidden };
  });
}

function textsOf({ config, sites }: Project, section: string): SectionTexts {
  try {
    const values = sites.get(section)?.values ?? config.section(section).options;
    return new Map([...values].map(([option, { text }]) => [option, text]));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { error: error.message };
  }
}
