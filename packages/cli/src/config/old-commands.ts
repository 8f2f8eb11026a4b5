const runs = (line: string) => `Run it on the host: hostout SITE run ${line}`;
const noHosts = "hostout creates no hosts.";
const noImages = "hostout builds no images.";
const ofPython = "Install Python from the packages of the host: hostout SITE bootstrap_python";
const noPackages = "hostout installs no packages on hosts.";
const ownersSet = "Each deploy sets the owners of what it makes.";
const bootUnit = "Let systemd start the site with the host: plugins = hostout-systemd, and service = COMMAND";

/** The commands of collective.hostout and its plugins, with their replacements here. */
const oldCommands: Readonly<Record<string, string>> = {
  annotate: "Print each value with its place: hostout config SITE --annotate",
  bootscript_list: bootUnit,
  bootstrap_allowsudo: "Make the accounts and their rights: hostout SITE bootstrap_users",
  bootstrap_python_buildout: ofPython,
  bootstrap_python_redhat: ofPython,
  bootstrap_python_slackware: ofPython,
  bootstrap_python_ubuntu: ofPython,
  cmd: "Run a command line: hostout SITE run LINE",
  copy_key: "Let your key log in: hostout SITE bootstrap_users",
  create: noHosts,
  destroy: noHosts,
  detecthostos: "setup reads the system of a host: hostout SITE setup-plan",
  docker: noImages,
  dockerbuild: noImages,
  dockerfile: noImages,
  download: "Fetch the data: hostout SITE pull, with plugins = hostout-pushdeploy",
  fsbackup: "Fetch the data: hostout SITE pull, with plugins = hostout-pushdeploy",
  get_url: runs("curl -O URL"),
  getpythonbin: "The option 'python' names the interpreter.",
  hotfix: "Package the files with the release, then deploy: include = products",
  install_bootscript: bootUnit,
  list_images: noHosts,
  list_nodes: noHosts,
  list_providers: noHosts,
  list_sizes: noHosts,
  nodestate: noHosts,
  precommands: "Each deploy runs the lines of pre-commands.",
  printnode: noHosts,
  putrsync: "Make a folder on the host like one here: hostout SITE sync FOLDER",
  reboot: "Run it on the host: hostout SITE sudo reboot",
  requireOwnership: ownersSet,
  runescalatable: "Run a command line: hostout SITE run LINE",
  setowners: ownersSet,
  sudobuildout: "Name the parts that root builds: sudo-parts",
  supervisorboot: bootUnit,
  supervisorctl: runs("bin/supervisorctl status"),
  supervisorshutdown: "Stop the site: hostout SITE stop",
  supervisorstartup: "Start the site: hostout SITE start",
  tail: runs("bin/supervisorctl tail NAME"),
  uninstall_bootscript: bootUnit,
  yum: noPackages,
};

/** Returns the replacement of a command of collective.hostout, or undefined for any other word. */
export function insteadOfCommand(word: string, site: string): string | undefined {
  return Object.hasOwn(oldCommands, word) ? oldCommands[word]!.replaceAll("SITE", site) : undefined;
}
