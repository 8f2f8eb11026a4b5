import { hideUrlSecrets } from "../url-secrets.ts";

const form = /(?:^|[-_.])(?:password|passwd|passphrase|secret|token|api-?key)$/i;

/** Whether an option of such a name holds a secret: what is not shown unless it is asked for. */
export function isSecretName(name: string): boolean {
  return form.test(name);
}

/** A line of a file with the value of a secret hidden, well formed or not, and the password or token of a URL. */
export function hideSecret(line: string): string {
  const match = /^\s*([^\s=:]+)\s*[-+]?[=:]\s*(?=\S)/.exec(line);
  if (match && isSecretName(match[1]!)) return `${match[0]}***`;
  return hideUrlSecrets(line);
}
