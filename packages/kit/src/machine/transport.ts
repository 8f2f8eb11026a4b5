import type { Duplex, Readable, Writable } from "node:stream";
import type { Host } from "../site/host.ts";
import type { Site } from "../site/site.ts";
import type { Ask } from "./ask.ts";

/** How a process ended; `code` is undefined where that is not known, as the connection broke. */
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
  /** Tells it, and what it started, to end. */
  readonly kill: () => void;
}

export interface StartSettings {
  /** It runs beside all others, and none of them waits for its end. Default false. */
  readonly background?: boolean | undefined;
}

/** What carries commands to a machine, and no more: one shell line in, three streams and a status out. */
export interface Transport {
  /** Label of the machine. */
  readonly name: string;
  /** Who logs in. */
  readonly user: string;
  /** What its user must know of it, in sentences. */
  readonly warnings?: readonly string[];
  /** Whether its host key is not the known one, and was taken nevertheless: no password is sent there. Default false. */
  readonly isDistrusted?: boolean | undefined;
  /** Where ssh connects to; undefined for this machine. */
  readonly address?: string | undefined;
  /** @throws HostoutError `unreachable`, `login-refused`, `host-key`, `connection-lost` */
  readonly start: (line: string, settings?: StartSettings) => Promise<Process>;
  /** Runs a line joined to this terminal. Resolves to its status. */
  readonly interact: (line: string, terminal: Terminal) => Promise<number>;
  /** Connects to an address as the machine sees it. @throws HostoutError `failed`, `refused`, `connection-lost` */
  readonly dial: (to: Destination, signal: AbortSignal) => Promise<Duplex>;
  readonly close: () => Promise<void>;
  /** Whether the session is there still. */
  readonly isOpen: () => boolean;
}

/** Where a TCP connection goes; the address is without brackets. */
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
  /** Asks the user; undefined where nobody can be asked. */
  readonly ask: Ask | undefined;
  /** The environment of hostout. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborted when nobody wants the session any more. */
  readonly signal: AbortSignal;
}

/** A way to reach hosts. A plugin declares it by a name, and the option `transport` of a site selects it. */
export interface TransportDefinition {
  /** One line for the reference, no full stop. */
  readonly summary: string;
  /**
   * Opens a session. hostout keeps it for all commands of the site on that host, and opens another one where it broke.
   *
   * @throws HostoutError `unreachable`, `login-refused`, `host-key`, `bad-option`
   */
  readonly connect: (request: TransportRequest) => Promise<Transport>;
}

/** The transports that every site has. */
export const ownTransports = ["auto", "node-ssh", "openssh", "local"] as const;
