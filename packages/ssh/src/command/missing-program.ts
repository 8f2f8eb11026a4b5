/** The exit code for a program that does not exist. */
export const missingStatus = 127;

/** The messages of sh (dash, bash, busybox, zsh) and env for a program that does not exist. */
const forms = [
  /env: (?:can't execute )?['‘]([^'’\n]+)['’]: No such file/,
  /command not found: (\S+)/,
  /(?:^|[\s:])([^\s:]+): (?:command )?not found/m,
];

/** Returns a hint for a missing program. Undefined if the output of a command that ended with 127 names none. */
export function missingProgramHint(said: string, host: string): string | undefined {
  const program = forms.map((form) => form.exec(said)?.[1]).find((name) => name !== undefined);
  if (program === undefined) return undefined;
  if (host === "localhost") return `Install ${program} on this machine.`;
  // A file of the release that the build did not make, or an interpreter in its first line that does not exist.
  if (program.includes("/"))
    return `Does ${program} exist on ${host}, and the program that its first line names?`;
  return `Install ${program} on ${host}, or write its absolute path: a command over ssh lacks the PATH of your terminal there (nvm, rbenv).`;
}
