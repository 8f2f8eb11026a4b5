/** What hostout's own ssh can check, by its preference. */
const keyTypes: readonly string[] = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "rsa-sha2-512",
  "rsa-sha2-256",
];

/**
 * The key types to ask a server for: those that are known, then the others, as ssh does. Undefined: ssh2's own.
 *
 * @param configured what ssh's configuration allows (HostKeyAlgorithms)
 */
export function keyTypesFrom(
  known: readonly string[] | undefined,
  configured?: readonly string[] | undefined,
): readonly string[] | undefined {
  if (!known) return configured;
  const can = new Set(configured ?? [...keyTypes, "ssh-rsa"]);
  return [...new Set([...known.filter((type) => can.has(type)), ...(configured ?? keyTypes)])];
}

/** An RSA key signs in several ways (RFC 8332). */
export function signatureTypes(type: string): readonly string[] {
  return type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"] : [type];
}
