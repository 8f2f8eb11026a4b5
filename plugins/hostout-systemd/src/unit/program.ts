/**
 * Returns the words with an absolute program, as systemd wants it. A path below the release is one of `current`. A bare
 * word goes to env, which looks it up in the PATH of the service. systemd itself would ignore a PATH in
 * service-environment, because it searches folders that were fixed when it was built.
 *
 * @param current the link to the live release
 * @throws Error for a path with `$`: systemd reads that sign in a program in different ways
 */
export function absoluteCommand(
  [program, ...words]: readonly [string, ...string[]],
  current: string,
): readonly string[] {
  if (!program.includes("/")) return ["/usr/bin/env", program, ...words];
  const path = program.startsWith("/") ? program : `${current}/${program.replace(/^(?:\.\/+)+/, "")}`;
  if (path.includes("$")) throw new Error(`'${path}' has a $, which no program of a service may have`);
  return [path, ...words];
}
