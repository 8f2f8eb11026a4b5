import { columns } from "../help/listing.ts";
import { environmentOf } from "../project/environment.ts";
import { type LoadedSite, loadSites } from "../project/load-sites.ts";
import { ProjectCommand, projectFlags } from "../project/project-command.ts";

/** The command `hostout sites`: the sites of the project. */
export default class Sites extends ProjectCommand {
  static override summary = "List the sites, with their environment, hosts and plugins";
  static override strict = false;
  static override flags = projectFlags;

  override async run(): Promise<number> {
    const { flags, argv } = await this.parse(Sites);
    const project = await this.open(flags, argv as string[]);
    const sites = [...(await loadSites(project)).map(asData), ...[...project.broken].map(asBroken)];
    const hostless = project.hostless.map((name) => ({ name, ...project.whyNoSite(name)! }));
    if (flags.json)
      this.printJson({ config: project.file, sites, groups: Object.fromEntries(project.groups), hostless });
    else {
      const lines = columns(sites.flatMap((site) => (site.error === undefined ? [asRow(site)] : [])));
      const faults = sites.flatMap(({ name, error }) => (error === undefined ? [] : [`  ${name}  ${error}`]));
      const groups = [...project.groups].map(([name, members]) => `  ${name} = ${members.join(" ")}`);
      const noSites = hostless.flatMap(({ message, hint }) => [`  ${message}`, `    try: ${hint}`]);
      if (sites.length + hostless.length === 0) noSites.push(`${project.file} has no site`);
      for (const line of [
        ...lines,
        ...faults,
        ...noSites,
        ...(groups.length > 0 ? ["groups:", ...groups] : []),
      ])
        this.log(line);
    }
    return 0;
  }
}

interface SiteData {
  readonly name: string;
  readonly hosts: readonly { readonly name: string }[];
  readonly plugins: readonly string[];
  readonly environment?: string | undefined;
  readonly path?: string | undefined;
  readonly error?: string;
}

function asData(loaded: LoadedSite): SiteData {
  if ("fault" in loaded) return { name: loaded.name, hosts: [], plugins: [], error: loaded.fault.message };
  const hosts = loaded.site.hosts.map(({ name, port, user }) => ({ name, port, user }));
  return {
    name: loaded.name,
    environment: environmentOf(loaded.site),
    path: loaded.site.values.get("path")?.text,
    hosts,
    plugins: loaded.plugins.map(({ plugin }) => plugin.name),
  };
}

function asBroken([name, { message }]: readonly [string, Error]): SiteData {
  return { name, hosts: [], plugins: [], error: message };
}

function asRow({ name, environment, hosts, plugins }: SiteData): readonly string[] {
  return [name, environment ?? "-", hosts.map((host) => host.name).join(" "), plugins.join(" ")];
}
