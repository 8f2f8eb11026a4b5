/**
 * Placeholder for the buildout folder in the command lines of hosts. In those lines, `${buildout:directory}`
 * means the folder on the host that runs them.
 */
export const buildoutFolder = "${buildout:directory}";

/** Returns a command line of the site as the host runs it in `folder`. */
export function lineIn(folder: string, line: string): string {
  return line.replaceAll(buildoutFolder, () => folder);
}
