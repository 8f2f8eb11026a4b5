import type { Connection } from "../machine/connection.ts";
import type { Host } from "../site/host.ts";

/** The result of one attempt of a check. */
export type Attempt =
  | {
      readonly held: true;
      /** The answer in a word or two: `200`. */
      readonly said: string;
    }
  | {
      readonly held: false;
      /** The failure as a clause: `it answered 500`. */
      readonly found: string;
      readonly hint?: string | undefined;
    };

/** The machines and limits of one attempt. */
export interface CheckContext {
  readonly remote: Connection;
  /** This machine. */
  readonly local: Connection;
  /** The host. Where the check has `needsAddress`, its address is the one that ssh connects to. */
  readonly host: Pick<Host, "address">;
  /** The folder of the live release, where the check has `needsFolder`. Otherwise the folder of the site. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Time limit of the attempt, in milliseconds. */
  readonly limitMs: number;
}

/** One line of the option `verify`, read by the check kind that accepts it. */
export interface SiteCheck {
  /** Returns a short name of the check, for messages. */
  readonly name: (host: Pick<Host, "address">) => string;
  /** The expected result, as in "expected 200, but …". */
  readonly expected: string;
  /** Milliseconds between two attempts. Default 1000. */
  readonly pauseMs?: number | undefined;
  readonly needsAddress?: boolean | undefined;
  readonly needsFolder?: boolean | undefined;
  /**
   * Returns the port of the host that the check asks, where it is known. A message then names a foreign
   * process that listens on the port.
   */
  readonly port?: ((host: Pick<Host, "address">) => number | undefined) | undefined;
  /**
   * Makes one attempt.
   *
   * @throws HostoutError when another attempt cannot help: `sudo-refused`, `unreachable`, …
   */
  readonly attempt: (context: CheckContext) => Promise<Attempt>;
}

/** A check kind that a plugin declares. hostout offers each line to the kinds of later plugins first. */
export interface CheckKind {
  /** Summary for the reference: one line, no full stop. */
  readonly summary: string;
  /** An example line. */
  readonly example: string;
  /**
   * Reads a line of `verify`.
   *
   * @returns undefined where the line is of another kind
   * @throws Error when the line is wrong. The message explains the mistake.
   */
  readonly parse: (line: string) => SiteCheck | undefined;
}
