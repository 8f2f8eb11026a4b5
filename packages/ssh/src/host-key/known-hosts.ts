import { createHash, createHmac, hash, randomBytes } from "node:crypto";

/** A line of a known_hosts file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
export interface KnownKey {
  /** The hosts of the key: names and patterns, or a hash. */
  readonly names: string;
  /** For example `ssh-ed25519`. */
  readonly type: string;
  /** The key, base64. */
  readonly key: string;
  /** `authority`: the key signs the keys of hosts (`@cert-authority`). */
  readonly kind: "host" | "revoked" | "authority";
  /** `file:line` */
  readonly place: string;
}

const kinds: Readonly<Record<string, KnownKey["kind"]>> = {
  "@revoked": "revoked",
  "@cert-authority": "authority",
};

/**
 * Reads all lines of a file that name a key. Ignores others, as ssh does: keys of ssh's first protocol, unknown
 * markers, damaged keys.
 */
export function parseKnownHosts(file: string, text: string): readonly KnownKey[] {
  return text.split("\n").flatMap((line, index) => {
    const words = line.trim().split(/\s+/);
    const marker = words[0]?.startsWith("@") ? words.shift() : undefined;
    const [names, type, key] = words;
    const kind = marker === undefined ? "host" : kinds[marker];
    if (!names || names.startsWith("#") || !type || !key || !kind || !isKey(type, key)) return [];
    return [{ names, type, key, kind, place: `${file}:${index + 1}` }];
  });
}

function isKey(type: string, key: string): boolean {
  const blob = Buffer.from(key, "base64");
  return blob.length > 4 + type.length && keyType(blob) === type;
}

/** Returns the keys of a host, by the name that OpenSSH looks up: `web1`, `[web1]:2222`. */
export type KeysOf = (name: string) => readonly KnownKey[];

/** Makes the look-up of keys, in the order of the lines. A thousand hosts look up a thousand lines each. */
export function indexKnownHosts(known: readonly KnownKey[]): KeysOf {
  const byName = new Map<string, number[]>();
  const others: ((name: string) => boolean)[] = [];
  for (const [index, { names }] of known.entries()) {
    if (names.startsWith("|1|")) others[index] = matcherOfHash(names);
    else if (/[*?!]/.test(names)) others[index] = (name) => matches(names, name);
    else
      for (const name of new Set(names.toLowerCase().split(",")))
        if (!byName.get(name)?.push(index)) byName.set(name, [index]);
  }
  const found = new Map<string, readonly KnownKey[]>();
  const find: KeysOf = (name) => {
    const lines = [...(byName.get(name.toLowerCase()) ?? [])];
    others.forEach((isFor, index) => {
      if (isFor(name)) lines.push(index);
    });
    return lines.sort((one, other) => one - other).map((index) => known[index]!);
  };
  return (name) => {
    const keys = found.get(name) ?? find(name);
    found.set(name, keys);
    return keys;
  };
}

function matches(names: string, name: string): boolean {
  const patterns = names.split(",");
  if (patterns.some((pattern) => pattern.startsWith("!") && matchesPattern(pattern.slice(1), name)))
    return false;
  return patterns.some((pattern) => matchesPattern(pattern, name));
}

function matchesPattern(pattern: string, name: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern.toLowerCase() === name.toLowerCase();
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "i").test(name);
}

/** Bytes of a block of SHA-1. */
const block = 64;

/**
 * Compares names with `|1|salt|hash`: HMAC-SHA1 of the name under the salt (RFC 2104). Two one-shot hashes take a tenth
 * of the time of an object of `createHmac`.
 */
function matcherOfHash(entry: string): (name: string) => boolean {
  const [, , salt64 = "", wanted] = entry.split("|");
  const salt = Buffer.from(salt64, "base64");
  if (salt.length > block) return () => false;
  const padded = (byte: number) => Buffer.alloc(block, byte).map((one, at) => one ^ (salt[at] ?? 0));
  const [inner, outer] = [padded(0x36), padded(0x5c)];
  // A hash is that of one name.
  let isOf: string | undefined;
  return (name) => {
    if (isOf !== undefined) return isOf === name;
    const first = hash("sha1", Buffer.concat([inner, Buffer.from(name)]), "latin1");
    const isIt = hash("sha1", Buffer.concat([outer, Buffer.from(first, "latin1")]), "base64") === wanted;
    if (isIt) isOf = name;
    return isIt;
  };
}

/** Hashes a name, so that only those who know the name find it in a file (HashKnownHosts). */
export function hashName(name: string): string {
  const salt = randomBytes(20);
  return `|1|${salt.toString("base64")}|${createHmac("sha1", salt).update(name).digest("base64")}`;
}

/** Returns the name under which OpenSSH keeps a host's key. */
export function knownHostsName(host: string, port: number): string {
  return port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
}

/** Formats a fingerprint as `ssh-keygen -l` does. */
export function fingerprint(key: Uint8Array): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}

/** Returns the type that a public key declares (RFC 4253, 6.6: a string at its beginning). */
export function keyType(key: Buffer): string {
  return key.subarray(4, 4 + key.readUInt32BE(0)).toString("ascii");
}
