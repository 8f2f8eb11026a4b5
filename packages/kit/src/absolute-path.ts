import type { Connection } from "./connection.ts";

/**
 * `~/x` and `~user/x` as absolute paths of the machine behind `connection`; another path as it is.
 *
 * @throws HostoutError `command-failed` when there is no such home
 */
export async function absolutePath(connection: Connection, path: string): Promise<string> {
  const home = /^~[\w.-]*(?=\/|$)/.exec(path)?.[0];
  if (home === undefined) return path;
  return (await connection.capture(["pwd"], { cwd: home, quiet: true })) + path.slice(home.length);
}
