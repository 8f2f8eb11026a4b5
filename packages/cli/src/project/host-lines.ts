/** The options of hostout-core with command lines around a build, by their new and old names. */
export const commandsAround: readonly string[] = [
  "pre-commands",
  "pre_commands",
  "post-commands",
  "post_commands",
];

/** The options of hostout-core with command lines for a release, by their new and old names. */
export const releaseLines: readonly string[] = [
  ...commandsAround,
  "start-cmd",
  "start_cmd",
  "stop-cmd",
  "stop_cmd",
  "build-command",
];
