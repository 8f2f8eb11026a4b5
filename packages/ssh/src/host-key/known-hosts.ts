import { createHash, createHmac, randomBytes } from "node:crypto";

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
export function keysOf(known: readonly KnownKey[], name: string): readonly KnownKey[] {
  return known.filter(({ names }) => matches(names, name));
}

function matches(names: string, name: string): boolean {
  if (names.startsWith("|1|")) return matchesHash(names, name);
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

/** Compares a name with `|1|salt|hash`: HMAC-SHA1 of the name under the salt. */
function matchesHash(entry: string, name: string): boolean {
  const [, , salt = "", hash] = entry.split("|");
  return createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest("base64") === hash;
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
