import type { Site } from "../site/site.ts";

/** A request for a secret. */
export interface SecretRequest {
  /** The words after the name of the source: of `secret:env:DB_PASSWORD` that is `DB_PASSWORD`. */
  readonly reference: string;
  readonly site: Site;
  /** The folder of the configuration. */
  readonly folder: string;
  /** The environment of hostout. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborted when the run is to end. */
  readonly signal: AbortSignal;
}

/** A place where a team keeps its secrets. A plugin declares it by a name: `password = secret:NAME:REFERENCE`. */
export interface SecretSource {
  /** One line for the reference, no full stop. */
  readonly summary: string;
  /** A reference as an example. */
  readonly example: string;
  /**
   * Resolves to the secret. Asked for once a run, and not at all on a dry run or for help.
   *
   * @throws Error whose message says why there is none; it never quotes the secret
   */
  readonly read: (request: SecretRequest) => Promise<string>;
}
