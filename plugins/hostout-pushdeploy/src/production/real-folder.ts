import { type Connection, sh } from "@hostout/kit";

/**
 * Returns the path of a folder on the host without links. Returns the path unchanged if the account of the connection
 * may not enter the folder. rsync would replace a link at the end of a path.
 */
export async function realFolder(connection: Connection, path: string): Promise<string> {
  const found = await connection.capture(sh`cd -P -- ${path} 2>/dev/null && pwd -P; true`, {
    quiet: true,
    title: `look at ${path}`,
  });
  return found || path;
}
