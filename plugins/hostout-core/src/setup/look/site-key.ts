import { stat } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname } from "node:path";
import { type CommonContext, type Host, HostoutError, isHostoutError, type SiteOptions } from "@hostout/kit";

/** The key of this machine that logs in to the hosts of a site. */
export interface SiteKey {
  /** Private key. Undefined: only an agent has it. */
  readonly file: string | undefined;
  /** Type and key, as in a line of authorized_keys. Undefined: the key does not exist yet. */
  readonly text: string | undefined;
  readonly comment: string;
}

type Here = Pick<CommonContext<SiteOptions, unknown>, "local" | "options" | "site"> & { readonly host: Host };

/**
 * Finds the key of a site: the file of `identity-file`, else the first file that ssh would offer. Without one, a key of
 * the agent counts. Without any, the result names the file to make.
 *
 * @throws HostoutError `refused` for a private key that other accounts of this machine may read
 */
export async function siteKey(context: Here): Promise<SiteKey> {
  const { identityFile } = context.options;
  const files = (identityFile === undefined ? await filesOfSsh(context) : [identityFile]).map(withHome);
  const comment = `hostout ${basename(dirname(context.site.config))}`;
  for (const file of files) {
    if (!(await isSafe(file))) continue;
    return { file, comment, text: await publicText(context, file) };
  }
  const ofAgent = identityFile === undefined ? await agentKey(context) : undefined;
  if (ofAgent !== undefined) return { file: undefined, comment, text: ofAgent };
  const file = files.find((one) => one.endsWith("ed25519")) ?? files[0] ?? withHome("~/.ssh/id_ed25519");
  return { file, comment, text: undefined };
}

/** Makes the key of a site, if it does not exist yet. Resolves to the key. */
export async function makeSiteKey(context: Here, { file, comment }: SiteKey): Promise<SiteKey> {
  if (file === undefined) throw new TypeError("an agent's key is not made");
  if (!(await isSafe(file))) {
    const { local } = context;
    await local.run(["mkdir", "-p", "-m", "700", dirname(file)]);
    await local.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", file]);
  }
  return { file, comment, text: await publicText(context, file) };
}

const withHome = (file: string) => file.replace(/^~(?=\/|$)/, homedir());

/** Returns the key files that ssh would offer to the host. */
async function filesOfSsh({ host, local }: Here): Promise<readonly string[]> {
  const words = ["sh", "-c", sshFilesScript, "hostout", host.address];
  const answer = await local.capture(words, { title: "ssh -G" }).catch(unlessFailed);
  return (answer ?? "")
    .split("\n")
    .filter((line) => line.startsWith("identityfile "))
    .map((line) => line.slice("identityfile ".length));
}

/** Prints the settings of ssh for a host. Argument: `HOST`. */
export const sshFilesScript = `exec ssh \${HOSTOUT_SSH_CONFIG:+-F "$HOSTOUT_SSH_CONFIG"} -G -- "$1"`;

async function agentKey({ local }: Here): Promise<string | undefined> {
  return keyIn((await local.capture(["ssh-add", "-L"]).catch(unlessFailed)) ?? "");
}

function unlessFailed(error: unknown): undefined {
  if (!isHostoutError(error) || error.code !== "command-failed") throw error;
}

/** Returns whether a private key exists. Throws if other accounts may read it. */
async function isSafe(file: string): Promise<boolean> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw new HostoutError({
      code: "refused",
      message: `${file} cannot be read: ${error.message}`,
      cause: error,
    });
  });
  if (!found) return false;
  if ((found.mode & 0o077) === 0) return true;
  const mode = (found.mode & 0o777).toString(8).padStart(4, "0");
  throw new HostoutError({
    code: "refused",
    message: `other accounts of this machine may read the private key ${file} (mode ${mode}); ssh does not use such a key`,
    hint: `chmod 600 ${file}`,
  });
}

async function publicText({ local }: Here, file: string): Promise<string> {
  const beside = await local.capture(["cat", `${file}.pub`]).catch(unlessFailed);
  // An empty passphrase: a question for another one would wait for ever.
  const made =
    keyIn(beside ?? "") ??
    keyIn((await local.capture(["ssh-keygen", "-y", "-P", "", "-f", file]).catch(unlessFailed)) ?? "");
  if (made !== undefined) return made;
  throw new HostoutError({
    code: "refused",
    message: `${file} has a passphrase or is no private key, and ${file}.pub, which would have its public half, is missing`,
    hint: `ssh-keygen -y -f ${file} >${file}.pub`,
  });
}

/** Returns type and key of the first public key in a text. */
function keyIn(text: string): string | undefined {
  return /^((?:ssh|ecdsa|sk)-[\w@.-]+ [A-Za-z0-9+/]+=*)(?:\s|$)/m.exec(text)?.[1];
}
