import { createHash, createHmac } from "node:crypto";

/** A line of a known_hosts file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
export interface KnownKey {
  /** Whose key it is: names and patterns, or a hash. */
  readonly names: string;
  /** `ssh-ed25519`, … */
  readonly type: string;
  /** The key, base64. */
  readonly key: string;
  readonly revoked: boolean;
  /** `file:line` */
  readonly place: string;
}

/** All lines of a file that name a key. */
export function parseKnownHosts(file: string, text: string): readonly KnownKey[] {
  return text.split("\n").flatMap((line, index) => {
    const words = line.trim().split(/\s+/);
    const marker = words[0]?.startsWith("@") ? words.shift() : undefined;
    const [names, type, key] = words;
    if (!names || names.startsWith("#") || !type || !key || marker === "@cert-authority") return [];
    return [{ names, type, key, revoked: marker === "@revoked", place: `${file}:${index + 1}` }];
  });
}

/** The keys of a host, by the name that OpenSSH looks for: `web1`, `[web1]:2222`. */
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

/** `|1|salt|hash`: HMAC-SHA1 of the name under the salt. */
function matchesHash(entry: string, name: string): boolean {
  const [, , salt = "", hash] = entry.split("|");
  return createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest("base64") === hash;
}

/** The name under which OpenSSH keeps a host's key. */
export function knownHostsName(host: string, port: number): string {
  return port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
}

/** As `ssh-keygen -l` shows it. */
export function fingerprint(key: Uint8Array): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}

/** The type that a public key says it is (RFC 4253, 6.6: a string at its beginning). */
export function keyType(key: Buffer): string {
  return key.subarray(4, 4 + key.readUInt32BE(0)).toString("ascii");
}
