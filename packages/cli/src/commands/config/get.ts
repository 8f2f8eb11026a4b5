import { didYouMean, HostoutError } from "@hostout/kit";
import { ProjectCommand, projectFlags } from "../../project/project-command.ts";
import { jsonText } from "../../show/json-text.ts";

/** The command `hostout config get SECTION:OPTION`: one value, unchanged. */
export default class ConfigGet extends ProjectCommand {
  static override summary = "Print one value, secrets too: SECTION:OPTION";
  static override strict = false;
  static override flags = projectFlags;

  override async run(): Promise<number> {
    const { flags, argv } = await this.parse(ConfigGet);
    const words = argv as string[];
    const [place = "", ...others] = words.filter((word) => !word.includes("="));
    const [section, option, more] = place.split(":");
    if (!section || !option || more !== undefined || others.length > 0) {
      throw new HostoutError({
        code: "usage",
        message: `config get takes one SECTION:OPTION${place === "" ? "" : `, not '${[place, ...others].join(" ")}'`}`,
        hint: "For example: hostout config get first-site:path",
      });
    }
    const project = await this.open(
      flags,
      words.filter((word) => word.includes("=")),
    );
    const value = project.sites.get(section)?.values.get(option) ?? project.config.option(section, option);
    if (value === undefined) {
      // A missing section has its own error.
      const names = [...project.config.section(section).options.keys()];
      throw new HostoutError({
        code: "bad-config",
        message: `[${section}] has no option '${option}'`,
        hint: didYouMean(option, names) ?? `It has: ${names.join(", ")}`,
      });
    }
    const data = { section, option, value: value.text, ...value.origin };
    this.printAsked(flags.json ? jsonText(data, 2) : value.text);
    return 0;
  }
}
