import { isAbsolute, normalize } from "node:path";
import { type HostContext, type OptionValues, option, type SiteContext } from "@hostout/kit";
import { whyNoLink } from "@hostout/releases/link-names";

/**
 * Returns the reason why a built folder cannot be part of a release, or undefined if it can. Folders outside
 * the site's folder keep their path on the host.
 */
export function whyNotPushed(folder: string): string | undefined {
  const path = normalize(folder);
  if (isAbsolute(path) || path.startsWith("../") || path === "." || path === "..") return undefined;
  return whyNoLink(path.split("/")[0]!);
}

/**
 * Returns the reason why data cannot have this path. `pull` makes the staged folder equal to production and
 * removes everything else in it.
 */
function whyNoData(name: string): string | undefined {
  const path = normalize(`./${name}`).replace(/\/$/, "");
  return path === "." || path === ".." || path.startsWith("../") ? `'${name}' is not below path` : undefined;
}

/** The options of the original hostout.pushdeploy, and the options that hostout adds. */
export const options = {
  restart: option.lines({
    summary: "command lines that restart the site on its hosts, one a line",
    example: "supervisorctl restart first-site:*",
  }),
  start: option.lines({
    summary: "command lines that start the site; if not set, supervisorctl start SITE:*",
    optional: true,
  }),
  stop: option.lines({
    summary: "command lines that stop the site; if not set, supervisorctl stop SITE:*",
    optional: true,
  }),
  bootstrapPython: option.path({
    summary:
      "interpreter to bootstrap the buildout with; if not set, executable, else that of the buildout, else python3",
    optional: true,
    example: "/usr/local/virtualenvs/Plone4.2/bin/python",
  }),
  executable: option.path({ summary: "interpreter of the buildout", optional: true }),
  localSudo: option.boolean({ summary: "become root with sudo for work on this machine", default: "false" }),
  remoteSudo: option.boolean({
    summary: "become root with sudo for work on the hosts; the site's owner for pull",
    default: "false",
  }),
  localRestart: option.boolean({
    summary: "stage ends with the lines of restart, on this machine",
    default: "false",
  }),
  supervisorConf: option.path({
    summary: "where supervisord reads the site's configuration; its source is the file of that name in parts",
    optional: true,
    example: "/etc/supervisor/conf.d/first-site.conf",
  }),
  data: option.checked(
    option.lines({
      summary: "files and folders of data below path: pull fetches them, push never touches them",
      default: "var/filestorage/Data.fs\nvar/blobstorage",
    }),
    (names) => names.map(whyNoData).find((why) => why !== undefined),
  ),
  pushFolders: option.checked(
    option.lines({
      summary:
        "built folders that push sends; if not set, those of the buildout (bin, parts, eggs) and products and etc",
      optional: true,
      example: "bin",
    }),
    (folders) => folders?.map(whyNotPushed).find((why) => why !== undefined),
  ),
  pushDelete: option.boolean({
    summary: "whether push and deploy remove files that staging dropped; --delete does it once",
    default: "false",
  }),
  stagingPath: option.path({
    summary:
      "where the site is staged on this machine; if not set, path, as it must be for a build that knows its path",
    optional: true,
  }),
  relocatable: option.boolean({
    summary: "the build does not know its path: push may send it to another one",
    default: "false",
  }),
  scm: option.choice(["git", "hg"], {
    summary: "version control program; default: the kind of the repository",
    optional: true,
  }),
};

type Options = OptionValues<typeof options>;

/** The context of a command on a host, with the options of this plugin. */
export type OnHost<A = unknown> = HostContext<Options, A>;
/** The context of a command on this machine, with the options of this plugin. */
export type OnStaging<A = unknown> = SiteContext<Options, A>;
