/** The commands of hostout itself, which need no site. A site cannot have such a name. */
export const topics: ReadonlyMap<string, string> = new Map([
  ["sites", "List the sites, with their environment, hosts and plugins"],
  ["init", "Add a site to the configuration, with an ignore file and scripts"],
  ["config", "Print the resolved configuration, or some sections of it"],
  ["plugins", "List the plugins that each site uses, and where they were found"],
  ["history", "List the runs, or show one of them"],
  ["resume", "Resume a run that failed or was cut off"],
  ["completion", "Print the completion script of a shell: bash, zsh or fish"],
  ["demo", "Stage and deploy a sample site on two throw-away hosts of this machine"],
  ["help", "Show help"],
]);

/**
 * Other names that a site cannot have: `all` means all sites, `explain` stands before a command, `doctor` is
 * reserved for later.
 */
export const reservedNames: ReadonlySet<string> = new Set(["all", "doctor", "explain"]);

/** The shells with a completion script. */
export const shells = ["bash", "zsh", "fish"] as const;

/** The words that can follow a topic's name. */
export const subtopics: Readonly<Record<string, readonly string[]>> = {
  config: ["get", "set", "diff", "lint"],
  plugins: ["add", "create"],
};
