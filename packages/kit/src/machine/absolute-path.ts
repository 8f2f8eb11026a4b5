import { HostoutError, isHostoutError } from "../run/hostout-error.ts";
import type { Connection } from "./connection.ts";

/**
 * Resolves `~/x` and `~user/x` to absolute paths on the machine of `connection`. Returns any other path
 * unchanged.
 *
 * @throws HostoutError `bad-option` when the home does not exist or is not accessible
 */
export async function absolutePath(connection: Connection, path: string): Promise<string> {
  const home = /^~[\w.-]*(?=\/|$)/.exec(path)?.[0];
  if (home === undefined) return path;
  const found = connection.capture(["pwd"], { cwd: home, quiet: true }).catch((error: unknown) => {
    throw isHostoutError(error) && error.code === "command-failed"
      ? noHome(connection, home, path, error)
      : error;
  });
  return (await found) + path.slice(home.length);
}

function noHome({ name, user }: Connection, home: string, path: string, cause: unknown): HostoutError {
  const whose = home === "~" ? user || "the account" : `'${home.slice(1)}'`;
  return new HostoutError({
    code: "bad-option",
    message: `${name}: ${whose} has no home there, or it may not be entered: ${path}`,
    hint: "Write an absolute path, or make the account and its home first.",
    host: name,
    cause,
  });
}
