import { ConfigError, type Config as ConfigFile, readConfig } from "@hostout/config";
import { Command, Flags } from "@oclif/core";
import { findConfig } from "../find-config.ts";

/** `hostout config`: the resolved configuration, each value with its place. */
export default class Config extends Command {
  static override summary = "Print the resolved configuration, or some sections of it";
  static override strict = false;
  static override flags = {
    config: Flags.string({ char: "c", summary: "the configuration" }),
    json: Flags.boolean({ summary: "as JSON, with the place of each value" }),
  };

  override async run(): Promise<number> {
    const { flags, argv } = await this.parse(Config);
    const words = argv as string[];
    const assignments = words.filter((word) => word.includes("="));
    const config = await readConfig(findConfig(flags.config, process.env, process.cwd()), { assignments });
    const names = words.filter((word) => !word.includes("="));
    const sections = names.length > 0 ? names : config.sectionNames;
    if (flags.json)
      this.log(
        JSON.stringify(Object.fromEntries(sections.map((name) => [name, asData(config, name)])), null, 2),
      );
    else for (const name of sections) this.print(config, name);
    return 0;
  }

  private print(config: ConfigFile, name: string): void {
    this.log(`[${name}]`);
    for (const [key, { text, origin }] of config.section(name).options) {
      const shown = /password|secret|token/.test(key) ? "***" : text.replaceAll("\n", "\n    ");
      this.log(`${key} = ${shown}\n    # ${origin.file}:${origin.line}`);
    }
    this.log("");
  }
}

/** A section's options, or what is wrong with it: another section's fault does not hide this one. */
function asData(config: ConfigFile, name: string): object {
  try {
    const options = [...config.section(name).options].map(([key, { text, origin }]) => [
      key,
      { value: text, ...origin },
    ]);
    return { options: Object.fromEntries(options) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { error: { kind: error.kind, message: error.message, ...error.origin } };
  }
}
