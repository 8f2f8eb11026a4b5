import { type HostContext, type OptionValues, option, type SiteContext } from "@hostout/kit";
import { whyNoLink } from "@hostout/releases/link-names";
import { verifyOptions } from "../../verify/verify-options.ts";

/** Options of package, deploy and rollback: those of collective.hostout, and those that hostout adds. */
export const releaseOptions = {
  ...verifyOptions,
  buildCommand: option.lines({
    summary: "command lines that build a release on its host, for what is no buildout; one a line",
    optional: true,
    example: "npm ci --omit=dev",
  }),
  localBuildCommand: option.lines({
    summary: "command lines that build the site on this machine before it is packaged, one a line",
    optional: true,
    example: "npm run build",
  }),
  include: option.lines({
    summary:
      "files and folders to package besides the configuration, one a line; if not set, for what is no buildout, all of the project",
    optional: true,
    aliases: ["extra_config", "extra-config"],
    example: "templates",
  }),
  exclude: option.lines({ summary: "files and folders not to package, one a line", optional: true }),
  packages: option.list({
    summary: "folders of development packages that are released too, besides those of develop",
    optional: true,
    example: "src/theme",
  }),
  versionsFile: option.string({
    summary: "file that the versions picked here are written to, beside the configuration",
    default: "hostoutversions.cfg",
    aliases: ["versionsfile", "versions_file"],
  }),
  packageFormat: option.choice(["sdist", "egg", "wheel"], {
    summary:
      "form of Python's development packages (a wheel if pyproject.toml names another backend than setuptools)",
    default: "sdist",
  }),
  python: option.string({
    summary:
      "interpreter that builds the buildout on the hosts (it needs zc.buildout there), or a section whose executable is that",
    default: "python3",
  }),
  localPython: option.string({
    summary:
      "interpreter that builds development packages on this machine; if not set, python where that runs here, else python3",
    optional: true,
    example: "/usr/bin/python3",
  }),
  parts: option.list({
    summary: "parts of the buildout to build; if not set, those of its configuration",
    optional: true,
  }),
  sudoParts: option.list({
    summary: "parts of the buildout to build as root, after the others",
    optional: true,
  }),
  buildoutCache: option.path({
    summary:
      "folder on the hosts for eggs and downloads that releases share, below path or absolute; if not set, buildout-cache",
    optional: true,
    example: "/var/cache/buildout",
  }),
  stopCmd: option.lines({
    summary:
      "command lines that stop the site, run in its folder before a release is switched; they end when it has stopped. Every line runs. In a deploy, a line that fails is a warning. If neither it nor pre-commands is set, bin/supervisorctl shutdown where the build makes it",
    optional: true,
    aliases: ["stop_cmd"],
    example: "systemctl stop first-site",
  }),
  startCmd: option.lines({
    summary:
      "command lines that start the site, run in its folder after a release was switched. If it, pre-commands and post-commands are not set, bin/supervisord where the build makes it",
    optional: true,
    aliases: ["start_cmd"],
    example: "systemctl start first-site",
  }),
  commandsAs: option.choice(["root", "effective"], {
    summary:
      "account for stop-cmd, start-cmd, pre-commands and post-commands: root, or effective for the owner of the site",
    default: "root",
  }),
  preCommands: option.lines({
    summary:
      "command lines that run on each host before the build of a release, also on a first deploy, and before a rollback stops the site. A line that fails ends the deploy",
    optional: true,
    aliases: ["pre_commands"],
  }),
  postCommands: option.lines({
    summary: "command lines that run on each host after a release was switched and start-cmd has run",
    optional: true,
    aliases: ["post_commands"],
  }),
  links: option.checked(
    option.list({
      summary: "folders of the live release that path has links to",
      default: "bin parts eggs etc",
    }),
    (names) => names.map(whyNoLink).find((why) => why !== undefined),
  ),
};

export type ReleaseOptions = OptionValues<typeof releaseOptions>;

/** The context of a command over releases on each host. */
export type OnHost<A = unknown> = HostContext<ReleaseOptions, A>;

/** The context of such a command that runs once for the site. */
export type OnSite<A = unknown> = SiteContext<ReleaseOptions, A>;
