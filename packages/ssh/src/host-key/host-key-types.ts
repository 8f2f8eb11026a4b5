/** The key types that hostout's own ssh can check, in order of preference. */
const keyTypes: readonly string[] = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "rsa-sha2-512",
  "rsa-sha2-256",
];

/**
 * Returns the key types to request from a server: the known ones, then the others, as ssh does. Undefined: ssh2's own
 * list.
 *
 * @param configured the types that ssh's configuration allows (HostKeyAlgorithms)
 */
export function keyTypesFrom(
  known: readonly string[] | undefined,
  configured?: readonly string[] | undefined,
): readonly string[] | undefined {
  if (!known) return configured;
  const can = new Set(configured ?? [...keyTypes, "ssh-rsa"]);
  return [...new Set([...known.filter((type) => can.has(type)), ...(configured ?? keyTypes)])];
}

/** Returns the signature types of a key type. An RSA key signs in several ways (RFC 8332). */
export function signatureTypes(type: string): readonly string[] {
  return type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"] : [type];
}
