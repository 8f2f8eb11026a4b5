import type { Site } from "../site/site.ts";

/** A request for a secret. */
export interface SecretRequest {
  /** The words after the name of the source: `DB_PASSWORD` in `secret:env:DB_PASSWORD`. */
  readonly reference: string;
  readonly site: Site;
  /** The folder of the configuration. */
  readonly folder: string;
  /** The environment variables of hostout. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborted when the run must end. */
  readonly signal: AbortSignal;
}

/**
 * A place where a team keeps its secrets. A plugin declares it by a name: `password = secret:NAME:REFERENCE`.
 */
export interface SecretSource {
  /** Summary for the reference: one line, no full stop. */
  readonly summary: string;
  /** An example reference. */
  readonly example: string;
  /**
   * Resolves to the secret. hostout calls it once a run, and never in a dry run or for help.
   *
   * @throws Error when there is no secret. The message gives the reason and never quotes the secret.
   */
  readonly read: (request: SecretRequest) => Promise<string>;
}

/** Splits `secret:SOURCE:REFERENCE`; undefined for a value that names no secret. */
export function readSecretReference(
  value: string,
): { readonly source: string; readonly reference: string } | undefined {
  const [, source, reference = ""] = /^secret:([\w.-]+):(.*)$/s.exec(value.trim()) ?? [];
  return source === undefined ? undefined : { source, reference };
}
