import { Command, Flags } from "@oclif/core";
import { findConfig } from "../find-config.ts";
import { columns } from "../listing.ts";
import { openProject } from "../project.ts";

/** `hostout sites`: the sites of the project. */
export default class Sites extends Command {
  static override summary = "List the sites, with their hosts and plugins";
  // Assignments, as before sites: section:option=value.
  static override strict = false;
  static override flags = {
    config: Flags.string({ char: "c", summary: "the configuration" }),
    json: Flags.boolean({ summary: "as JSON" }),
  };

  override async run(): Promise<number> {
    const { flags, argv } = await this.parse(Sites);
    const project = await openProject(findConfig(flags.config, process.env, process.cwd()), argv as string[]);
    const sites = [];
    for (const section of project.sites.values()) {
      const { site, plugins } = await project.load(section);
      const hosts = site.hosts.map(({ name, port, user }) => ({ name, port, user }));
      sites.push({ name: site.name, hosts, plugins: plugins.map(({ plugin }) => plugin.name) });
    }
    if (flags.json)
      this.log(
        JSON.stringify({ config: project.file, sites, groups: Object.fromEntries(project.groups) }, null, 2),
      );
    else for (const row of columns(sites.map(asRow))) this.log(row);
    return 0;
  }
}

function asRow(site: {
  readonly name: string;
  readonly hosts: readonly { readonly name: string }[];
  readonly plugins: readonly string[];
}) {
  return [site.name, site.hosts.map(({ name }) => name).join(" "), site.plugins.join(" ")];
}
