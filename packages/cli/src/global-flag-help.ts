/** For help: each flag as it is written, and what it does. */
export const globalFlagHelp: readonly (readonly [string, string])[] = [
  ["-c, --config FILE", "the configuration; else HOSTOUT_CONFIG, hostout.cfg, buildout.cfg, here or above"],
  ["--dry-run", "tell what would be done; ask the hosts, change nothing"],
  ["--hosts GLOB", "only hosts of such a name"],
  ["--jobs N", "hosts that work at one time (32)"],
  ["--batch N|N%", "hosts that a rolling part takes at a time (1)"],
  ["--timeout SECONDS", "end the run after that time"],
  ["-U, --no-user-defaults", "leave out ~/.buildout/default.cfg"],
  ["--json", "tell events as lines of JSON on stdout"],
  ["--no-input", "never ask; refuse instead"],
  ["-y, --yes", "answer yes to what is asked before a run"],
  ["-q, --quiet", "only failures and the recap"],
  ["-v, --verbose", "notes on each step"],
  ["-h, --help", "help on hostout, a site or a command"],
];
