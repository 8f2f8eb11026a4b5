import { Command, Flags } from "@oclif/core";
import { findConfig } from "../find-config.ts";
import { columns } from "../listing.ts";
import { openProject } from "../project.ts";

/** `hostout plugins`: what each site uses, and where it was found. */
export default class Plugins extends Command {
  static override summary = "List the plugins that each site uses, and where they were found";
  // Assignments, as before sites: section:option=value.
  static override strict = false;
  static override flags = {
    config: Flags.string({ char: "c", summary: "the configuration" }),
    json: Flags.boolean({ summary: "as JSON" }),
  };

  override async run(): Promise<number> {
    const { flags, argv } = await this.parse(Plugins);
    const project = await openProject(findConfig(flags.config, process.env, process.cwd()), argv as string[]);
    const rows = [];
    for (const section of project.sites.values()) {
      for (const { plugin, version, folder, bundled } of (await project.load(section)).plugins) {
        rows.push({
          site: section.name,
          plugin: plugin.name,
          version,
          folder,
          bundled,
          commands: Object.keys(plugin.commands),
        });
      }
    }
    if (flags.json) this.log(JSON.stringify(rows, null, 2));
    else {
      const lines = columns(
        rows.map((row) => [
          row.site,
          row.plugin,
          row.version,
          row.bundled ? "comes with hostout" : row.folder,
          row.commands.join(" "),
        ]),
      );
      for (const line of lines) this.log(line);
    }
    return 0;
  }
}
