import type { Entry, FileContent } from "./entry.ts";
import { readContent } from "./read-content.ts";

const nameForm =
  /(?:^|\/)(?:\.env(?:\.[^/]+)?|[._]netrc|\.npmrc|\.pypirc|\.pgpass|\.my\.cnf|\.git-credentials|\.aws\/credentials|id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?|[^/]+\.(?:key|ppk|p12|pfx|kdbx))$/i;

/** Those that show what to write into one. */
const sampleForm = /\.(?:example|sample|template|dist|defaults?)$/i;

const privateKeyForm =
  /^(?:-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----\r?\n|PuTTY-User-Key-File-\d)/m;

/** No key is larger. */
const mostKeyBytes = 64 * 1024;

/** At most so many are told by name. */
const mostTold = 10;

/** A line for each file that is a secret by its name, or is a private key that only its owner may read here. */
export async function warnOfSecretFiles(entries: readonly Entry[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of entries) if (await isSecret(entry)) found.push(entry.path);
  const lines = found
    .slice(0, mostTold)
    .map(
      (path) =>
        `${path} looks like a secret, and goes to the hosts, where everybody may read it; 'exclude' leaves it out`,
    );
  const more = found.length - mostTold;
  if (more > 0)
    lines.push(
      more === 1
        ? "1 more file looks like a secret, and goes to the hosts"
        : `${more} more files look like secrets, and go to the hosts`,
    );
  return lines;
}

async function isSecret({ path, isPrivate, content }: Entry): Promise<boolean> {
  if (!("file" in content)) return false;
  if (nameForm.test(path) && !sampleForm.test(path)) return !(await isOrdinary(path, content));
  return (
    isPrivate === true && content.sizeBytes <= mostKeyBytes && privateKeyForm.test(await textOf(content))
  );
}

/** What has such a name for another reason: a slide show, a key for everybody, settings of npm without a password. */
async function isOrdinary(path: string, content: FileContent): Promise<boolean> {
  if (path.endsWith(".key"))
    return content.sizeBytes > mostKeyBytes || /^-----BEGIN .*PUBLIC KEY/.test(await textOf(content));
  return path.endsWith(".npmrc") && !/_auth|_password/i.test(await textOf(content));
}

async function textOf(content: FileContent): Promise<string> {
  return (await readContent(content)).toString("latin1");
}
