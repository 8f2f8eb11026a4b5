import type { Duplex, Readable, Writable } from "node:stream";
import type { Host } from "../site/host.ts";
import type { Site } from "../site/site.ts";
import type { Ask } from "./ask.ts";

/** The end of a process. `code` is undefined where the connection broke before the status arrived. */
export interface Exit {
  readonly code: number | undefined;
  readonly signal?: string | undefined;
}

/** A command that runs on a machine. */
export interface Process {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly exited: Promise<Exit>;
  /** Ends the command and all processes that it started. */
  readonly kill: () => void;
}

export interface StartSettings {
  /** Runs the command beside all others, and none of them waits for its end. Default false. */
  readonly background?: boolean | undefined;
}

/**
 * Carries commands to a machine, and does nothing more: one shell line in, three streams and a status out.
 */
export interface Transport {
  /** Label of the machine. */
  readonly name: string;
  /** Login user. */
  readonly user: string;
  /** Warnings about the machine for the user, as sentences. */
  readonly warnings?: readonly string[];
  /**
   * Whether the host key differs from the known one and was accepted nevertheless. hostout sends no password
   * to such a host. Default false.
   */
  readonly isDistrusted?: boolean | undefined;
  /** Address that ssh connects to. Undefined for this machine. */
  readonly address?: string | undefined;
  /**
   * Starts a shell line.
   *
   * @throws HostoutError `unreachable`, `login-refused`, `host-key`, `connection-lost`
   */
  readonly start: (line: string, settings?: StartSettings) => Promise<Process>;
  /** Runs a line joined to this terminal. Resolves to its exit status. */
  readonly interact: (line: string, terminal: Terminal) => Promise<number>;
  /**
   * Connects to an address as the machine resolves it.
   *
   * @throws HostoutError `failed`, `refused`, `connection-lost`
   */
  readonly dial: (to: Destination, signal: AbortSignal) => Promise<Duplex>;
  readonly close: () => Promise<void>;
  /** Whether the session is still open. */
  readonly isOpen: () => boolean;
}

/** The target of a TCP connection. The address has no brackets. */
export interface Destination {
  readonly address: string;
  readonly port: number;
}

/** The user's terminal. */
export interface Terminal {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
}

/** A request for a session with a host. */
export interface TransportRequest {
  readonly site: Site;
  readonly host: Host;
  /** Asks the user. Undefined where no user can answer. */
  readonly ask: Ask | undefined;
  /** The environment variables of hostout. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborted when the run no longer needs the session. */
  readonly signal: AbortSignal;
}

/** A way to reach hosts. A plugin declares it by a name, and the option `transport` of a site selects it. */
export interface TransportDefinition {
  /** Summary for the reference: one line, no full stop. */
  readonly summary: string;
  /**
   * Opens a session. hostout keeps it for all commands of the site on that host, and opens another one after
   * it breaks.
   *
   * @throws HostoutError `unreachable`, `login-refused`, `host-key`, `bad-option`
   */
  readonly connect: (request: TransportRequest) => Promise<Transport>;
}

/** The transports that every site has. */
export const ownTransports = ["auto", "node-ssh", "openssh", "local"] as const;
