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
      /** What was found instead, as a clause: `it answered 500`. */
      readonly found: string;
      readonly hint?: string | undefined;
    };

/** Where a check is attempted. */
export interface CheckContext {
  readonly remote: Connection;
  /** This machine. */
  readonly local: Connection;
  /** With the address that ssh reaches it by, where the check `needsAddress`. */
  readonly host: Pick<Host, "address">;
  /** The folder of the live release, where the check `needsFolder`; else the folder of the site. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** How long the attempt may take, in milliseconds. */
  readonly limitMs: number;
}

/** One line of the option `verify`, read by the kind of check that takes it. */
export interface SiteCheck {
  /** The check in a few words, for messages. */
  readonly name: (host: Pick<Host, "address">) => string;
  /** What must be, as in "expected 200, but …". */
  readonly expected: string;
  /** Milliseconds between two attempts. Default 1000. */
  readonly pauseMs?: number | undefined;
  readonly needsAddress?: boolean | undefined;
  readonly needsFolder?: boolean | undefined;
  /** The port of the host that answers, where that is known: a foreign process that listens there is named. */
  readonly port?: ((host: Pick<Host, "address">) => number | undefined) | undefined;
  /** @throws HostoutError what another attempt would not mend: `sudo-refused`, `unreachable`, … */
  readonly attempt: (context: CheckContext) => Promise<Attempt>;
}

/** A kind of check that a plugin declares. Kinds of later plugins are asked first whether they take a line. */
export interface CheckKind {
  /** One line for the reference, no full stop. */
  readonly summary: string;
  /** A line as an example. */
  readonly example: string;
  /**
   * Reads a line of `verify`.
   *
   * @returns undefined where the line is of another kind
   * @throws Error whose message says what is wrong with the line
   */
  readonly parse: (line: string) => SiteCheck | undefined;
}
