import { iniName, type Site } from "@hostout/kit";
import type { Project } from "../project/project.ts";
import type { Finding } from "./lint.ts";

const noHosts = "hostout creates no hosts: create the host, then name it: host = web1.example.com";
const noPython = "hostout installs no Python: install one on the host, then name it: python";
const noPassword = "The login user becomes buildout-user with sudo: take the option out.";

/**
 * The options that collective.hostout and its plugins read, with their replacements. A plugin that declares
 * such an option reads it.
 */
const oldOptions: Readonly<Record<string, string>> = {
  "buildout-password": noPassword,
  dist_dir: "Packages are in .hostout beside the configuration: take the option out.",
  eggs: "hostout is not a Python package: take the option out.",
  "force-python-compile": noPython,
  hostimage: noHosts,
  hostname: "Name the host: host = web1.example.com",
  hostsize: noHosts,
  hostsize_name: noHosts,
  hosttype: noHosts,
  imageid: noHosts,
  "init.d": "Let systemd start the site: plugins = hostout-systemd, and service = COMMAND",
  "install-on-startup": "Let systemd start the site: plugins = hostout-systemd, and service = COMMAND",
  "minimum-python": "Name an interpreter: bootstrap-python",
  "no-sudo": "Let the owner of the site run its command lines: commands-as = effective",
  "python-path": "Name the interpreter itself: python = /opt/python/bin/python",
  "python-prefix": "Name the interpreter itself: python = /opt/python/bin/python",
  "python-version": "Name an interpreter: python",
  "require-clean": "Check before hostout runs: git diff --quiet HEAD && hostout SITE deploy",
  rollingrestart: "Deploy to one host after the other: hostout SITE deploy --batch 1",
  shell: "Any POSIX shell of the user will do.",
  sudosupervisor: "Say who runs the command lines: commands-as = root, or commands-as = effective",
  supervisor:
    "hostout runs bin/supervisord and bin/supervisorctl of the buildout. Other command lines: start-cmd, stop-cmd",
  "system-python-use-not": noPython,
  tunnel:
    "hostout opens no tunnel to an index: put the packages on the host, and name the folder: buildout-cache",
  versions: "Name the section in the file that is built: [buildout] versions = NAME",
};

/** Finds options of a site that only collective.hostout read. */
export function lintOldOptions({ name: site, values, plugins }: Site): readonly Finding[] {
  return Object.entries(oldOptions).flatMap(([name, hint]): readonly Finding[] => {
    const value = values.get(name);
    const isDeclared = plugins.some(({ options }) =>
      Object.keys(options ?? {}).some((key) => iniName(key) === name),
    );
    // collective.hostout ignored an empty option too.
    if (!value || value.text === "" || isDeclared) return [];
    return [
      {
        severity: "warning",
        message: `[${site}] '${name}' was read by collective.hostout; no plugin of the site reads it`,
        origin: value.origin,
        hint: hint.replaceAll("SITE", site),
      },
    ];
  });
}

/** Finds sections that look like sites but name no host. */
export function lintHostless({ hostless, whyNoSite }: Project): readonly Finding[] {
  return hostless.map((name): Finding => ({ severity: "warning", ...whyNoSite(name)! }));
}
