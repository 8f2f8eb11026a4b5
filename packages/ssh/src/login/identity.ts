import { readFile, stat } from "node:fs/promises";
import type { ParsedKey } from "ssh2";
import { readKey } from "./private-key.ts";

/** A file to log in with. `blob` is its public key, base64, if known. */
export type Identity =
  | { readonly kind: "open"; readonly key: ParsedKey; readonly blob: string }
  | {
      readonly kind: "locked";
      /** Resolves to undefined if the passphrase is wrong. */
      readonly open: (passphrase: string) => Promise<ParsedKey | undefined>;
      readonly blob: string | undefined;
    }
  | { readonly kind: "public"; readonly blob: string }
  | IdentityFault;

/**
 * The reason why a file is useless by itself. An agent may have its key: `blob`. `why` continues a sentence that begins
 * with the file's name.
 */
export interface IdentityFault {
  readonly kind: "missing" | "faulty";
  readonly why: string;
  readonly hint: string;
  readonly blob?: string | undefined;
  /** The system's ssh can use the file. */
  readonly onlyOpenssh?: true;
}

/** Reads a private key as ssh does: a file that others may read is useless. */
export async function readIdentity(file: string): Promise<Identity> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => error);
  if (!Buffer.isBuffer(bytes)) return { ...unreadable(bytes), blob: await publicBlob(file) };
  const key = await readKey(bytes);
  if (typeof key === "object" && !("message" in key) && !key.isPrivateKey())
    return { kind: "public", blob: blobOf(key) };
  const isFault = key !== "locked" && "message" in key;
  const blob = opensshHead(bytes)?.blob ?? (await publicBlob(file));
  if (isFault) return { ...unreadableKey(bytes, key.message), blob };
  const { uid, mode } = await stat(file);
  if (uid === process.getuid?.() && (mode & 0o077) !== 0) {
    const octal = (mode & 0o777).toString(8).padStart(4, "0");
    const why = `may be read by others (mode ${octal}), so ssh does not use it`;
    return { kind: "faulty", why, hint: `chmod 600 ${file}`, blob };
  }
  if (key !== "locked") return { kind: "open", key, blob: blobOf(key) };
  const open = async (passphrase: string) => {
    const opened = await readKey(bytes, passphrase);
    return opened === "locked" || "message" in opened ? undefined : opened;
  };
  return { kind: "locked", open, blob };
}

/** Explains a public file for which no agent has the private half. */
export function publicFault(file: string): IdentityFault {
  const name = file.replace(/\.pub$/, "");
  return {
    kind: "faulty",
    why: "is a public key, and no agent has its private key",
    hint: name === file ? "Name the private key." : `Name the private key: ${name}`,
  };
}

/** Explains a key with a passphrase when hostout can ask nobody. */
export const lockedFault: IdentityFault = {
  kind: "faulty",
  why: "wants a passphrase, and nobody can be asked for it",
  hint: "Add the key to an agent (ssh-add), or run hostout in a terminal.",
};

const blobOf = (key: ParsedKey) => key.getPublicSSH().toString("base64");

function unreadable({ code, message }: NodeJS.ErrnoException): IdentityFault {
  const words: Readonly<Record<string, string>> = {
    ENOENT: "does not exist",
    ENOTDIR: "does not exist",
    EACCES: "cannot be read: permission denied",
    EISDIR: "is a folder",
  };
  return {
    kind: code === "ENOENT" || code === "ENOTDIR" ? "missing" : "faulty",
    why: words[code ?? ""] ?? `cannot be read: ${message}`,
    hint: "Name a private key of this machine, or leave the option out.",
  };
}

function unreadableKey(bytes: Buffer, said: string): IdentityFault {
  const type = opensshHead(bytes)?.type;
  if (type?.startsWith("sk-"))
    return {
      kind: "faulty",
      onlyOpenssh: true,
      why: `is the key of a security token (${type}), which hostout's own ssh does not read`,
      hint: "Let the system's ssh log in: transport = openssh",
    };
  const isKey = bytes.includes("PRIVATE KEY-----") || bytes.includes("PuTTY-User-Key-File");
  return {
    kind: "faulty",
    why: isKey ? `is a damaged private key: ${said}` : "is no private key",
    hint: "Copy the key again, whole; 'ssh-keygen -y -f FILE' prints its public key where it is good.",
  };
}

/** Reads the public key beside a private one. The private key may be in an agent alone. */
async function publicBlob(file: string): Promise<string | undefined> {
  const line = await readFile(`${file}.pub`, "utf8").catch(() => "");
  return line.trim().split(/\s+/)[1];
}

/**
 * Reads the head of OpenSSH's form of a private key, before the encrypted part: `openssh-key-v1`, three strings, the
 * number of keys, a public key.
 */
function opensshHead(bytes: Buffer): { readonly type: string; readonly blob: string } | undefined {
  const text = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]*?)-----END/.exec(bytes.toString("latin1"))?.[1];
  if (text === undefined) return undefined;
  const body = Buffer.from(text, "base64");
  try {
    let at = "openssh-key-v1\0".length;
    for (let strings = 0; strings < 3; strings++) at += 4 + body.readUInt32BE(at);
    at += 4;
    const blob = body.subarray(at + 4, at + 4 + body.readUInt32BE(at));
    return {
      type: blob.subarray(4, 4 + blob.readUInt32BE(0)).toString("latin1"),
      blob: blob.toString("base64"),
    };
  } catch {
    // The file is cut short.
    return undefined;
  }
}
