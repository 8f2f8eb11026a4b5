import { join } from "node:path";
import type { Entry, FileContent } from "./entry.ts";
import { readContent } from "./read-content.ts";

/** Names of files with secrets of accounts, keys or services. */
const names = [
  String.raw`\.env(?:\.[^/]+)?`,
  String.raw`[._]netrc|\.npmrc|\.pypirc|\.pgpass|\.my\.cnf|\.git-credentials|\.htpasswd|\.vault[_-]pass(?:word)?|\.s3cfg|\.boto`,
  String.raw`\.aws/credentials|\.docker/config\.json|\.kube/config|\.gnupg/.+`,
  `id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?`,
  String.raw`[^/]+\.(?:key|pem|ppk|p8|p12|pfx|jks|keystore|kdbx|tfstate)`,
  String.raw`(?:[^/]+[-_.])?(?:credentials?|secrets?)\.(?:json|ya?ml|toml|ini|properties|db)`,
  String.raw`(?:[^/]+[-_.])?service[-_]?account(?:[-_.][^/]+)?\.json|client_secret[^/]*\.json|token\.json`,
];

const nameForm = new RegExp(`(?:^|/)(?:${names.join("|")})$`, "i");

/** Names of samples for such files. */
const sampleForm = /\.(?:example|sample|template|dist|defaults?)(?:\.[^./]+)?$/i;

const privateKeyForm =
  /^(?:-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----\r?\n|PuTTY-User-Key-File-\d)/m;

/** No key is larger. */
const mostKeyBytes = 64 * 1024;

/** The most names in a message. */
const mostTold = 10;

/**
 * Returns a line for each file with a secret's name, and for each private key that only its owner may read here. @param
 * folder for the lines
 */
export async function warnOfSecretFiles(entries: readonly Entry[], folder = ""): Promise<readonly string[]> {
  const found: Entry[] = [];
  for (const entry of entries) if (await isSecret(entry)) found.push(entry);
  const lines = found
    .slice(0, mostTold)
    .map(
      ({ path, readers }) =>
        `${join(folder, path)} looks like a secret, and goes to the hosts, where ${whoReads(readers)} may read it; 'exclude' leaves it out`,
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

function whoReads(readers: Entry["readers"]): string {
  if (readers === "owner") return "the owner of the site";
  return readers === "group" ? "the owner of the site and its group" : "everybody";
}

async function isSecret({ path, readers, content }: Entry): Promise<boolean> {
  if (!("file" in content)) return false;
  if (nameForm.test(path) && !sampleForm.test(path)) return !(await isOrdinary(path, content));
  return (
    readers === "owner" && content.sizeBytes <= mostKeyBytes && privateKeyForm.test(await textOf(content))
  );
}

/** Returns whether the name has another reason: a slide show, a public key, settings of npm without a password, a certificate. */
async function isOrdinary(path: string, content: FileContent): Promise<boolean> {
  if (path.endsWith(".key"))
    return content.sizeBytes > mostKeyBytes || /^-----BEGIN .*PUBLIC KEY/.test(await textOf(content));
  if (path.endsWith(".pem")) {
    if (content.sizeBytes > mostKeyBytes) return true;
    const text = await textOf(content);
    return /^-----BEGIN /m.test(text) && !/^-----BEGIN .*PRIVATE KEY/m.test(text);
  }
  return path.endsWith(".npmrc") && !/_auth|_password/i.test(await textOf(content));
}

async function textOf(content: FileContent): Promise<string> {
  return (await readContent(content)).toString("latin1");
}
