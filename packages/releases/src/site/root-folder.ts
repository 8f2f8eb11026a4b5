import type { Connection, RunOptions } from "@hostout/kit";
import { makeScript, ownerScript } from "../script/root-folder.ts";
import { storeError } from "../store/store-error.ts";

/**
 * Makes a folder as root for the account `owner`, if that account may not make it. An existing folder stays as it is.
 *
 * @throws HostoutError `refused` if another account may put a link on the way, which would lead root elsewhere
 */
export async function makeFolderFor(remote: Connection, path: string, owner: string): Promise<void> {
  const words = ["sh", "-c", makeScript, "hostout", path, owner, remote.user];
  await telling(remote, path, (how) => remote.as("root").run(words, how));
}

/**
 * Returns the connection for work at a path where a link of another account could lead root elsewhere. Root does the
 * work only if nobody but root and `login` may change the folders on the way and each folder below. In a folder of
 * `login`, that account does it. Otherwise the owner of the first other folder on the way does it. A link there leads
 * the owner only to files of the owner's rights. A connection that is not root's is returned as it is.
 *
 * @param login the account that became root, which is trusted like root
 * @throws HostoutError `refused`, with the name of a folder of root that other accounts may write to
 */
export async function asOwnerOf(connection: Connection, path: string, login = "root"): Promise<Connection> {
  const words = ["sh", "-c", ownerScript, "hostout", path, login];
  const owner = await telling(connection, path, (how) => connection.capture(words, how));
  return owner === "" ? connection : connection.as(owner === "root" ? "root" : { user: owner });
}

async function telling<T>(
  { name: host }: Connection,
  path: string,
  work: (how: RunOptions) => Promise<T>,
): Promise<T> {
  try {
    return await work({ quiet: true, title: `look at ${path}` });
  } catch (error) {
    throw storeError(error, { host, path }, path);
  }
}
