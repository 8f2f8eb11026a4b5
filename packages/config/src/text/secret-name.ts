import { hideUrlSecrets } from "../url-secrets.ts";

const form = /(?:^|[-_.])(?:password|passwd|passphrase|secret|token|api-?key)$/i;

/** Whether the name of an option implies that it holds a secret. hostout shows a secret only on request. */
export function isSecretName(name: string): boolean {
  return form.test(name);
}

/**
 * Hides the value of a secret in a line of a file, even in a malformed line. Also hides the password or token
 * of a URL.
 */
export function hideSecret(line: string): string {
  const match = /^\s*([^\s=:]+)\s*[-+]?[=:]\s*(?=\S)/.exec(line);
  if (match && isSecretName(match[1]!)) return `${match[0]}***`;
  return hideUrlSecrets(line);
}
