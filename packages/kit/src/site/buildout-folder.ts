/**
 * What stands for the folder of the buildout in command lines that hosts run, once the site is read: a `${buildout:directory}`
 * of the file means that folder on the host, where the lines run.
 */
export const buildoutFolder = "${buildout:directory}";

/** A command line of the site as the host runs it in `folder`. */
export function lineIn(folder: string, line: string): string {
  return line.replaceAll(buildoutFolder, () => folder);
}
