/** A throw-away ssh host of this machine. */
export interface TestHost {
  readonly kind: "sshd" | "embedded";
  readonly address: string;
  readonly port: number;
  /** `ssh-ed25519 AAAA…`, for a known_hosts file. */
  readonly hostKey: string;
  /** Resolves to the number of logins so far. */
  readonly loginCount: () => Promise<number>;
  /** Cuts all connections, like a pulled cable. Commands on the host keep running. */
  readonly drop: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface TestHostSettings {
  /** A folder for the keys and logs of this host alone. */
  readonly directory: string;
  /** Public key that can log in. */
  readonly authorizedKey: string;
  /** Additional environment variables for commands. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether the host forwards connections to ports of its loopback. Default true. */
  readonly forwards?: boolean;
  /** Lines of sshd_config(5) that override the others. No effect on the embedded host. */
  readonly options?: readonly string[];
}
