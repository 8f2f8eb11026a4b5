import { columns } from "../../help/listing.ts";
import { type LoadedSite, loadSites } from "../../project/load-sites.ts";
import { ProjectCommand, projectFlags } from "../../project/project-command.ts";

/** The command `hostout plugins`: the plugins of each site, with their places. */
export default class Plugins extends ProjectCommand {
  static override summary = "List the plugins that each site uses, and where they were found";
  static override strict = false;
  static override flags = projectFlags;

  override async run(): Promise<number> {
    const { flags, argv } = await this.parse(Plugins);
    const project = await this.open(flags, argv as string[]);
    const rows = (await loadSites(project)).flatMap(asRows);
    if (flags.json) this.printJson(rows);
    else {
      const lines = columns(rows.flatMap((row) => ("error" in row ? [] : [asCells(row)])));
      const faults = rows.flatMap((row) => ("error" in row ? [`  ${row.site}  ${row.error}`] : []));
      for (const line of [...lines, ...faults]) this.log(line);
    }
    return 0;
  }
}

interface PluginUse {
  readonly site: string;
  readonly plugin: string;
  readonly version: string;
  readonly folder: string;
  readonly bundled: boolean;
  readonly commands: readonly string[];
}

type Row = PluginUse | { readonly site: string; readonly error: string };

function asRows(loaded: LoadedSite): readonly Row[] {
  const site = loaded.name;
  if ("fault" in loaded) return [{ site, error: loaded.fault.message }];
  return loaded.plugins.map(({ plugin: { name: plugin, commands }, version, folder, bundled }) => ({
    site,
    plugin,
    version,
    folder,
    bundled,
    commands: Object.keys(commands),
  }));
}

function asCells({ site, plugin, version, folder, bundled, commands }: PluginUse): readonly string[] {
  return [site, plugin, version, bundled ? "comes with hostout" : folder, commands.join(" ")];
}
