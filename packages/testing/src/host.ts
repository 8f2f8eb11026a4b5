/** A throw-away ssh host of this machine. */
export interface TestHost {
  readonly kind: "sshd" | "embedded";
  readonly address: string;
  readonly port: number;
  /** `ssh-ed25519 AAAA…`, for a known_hosts file. */
  readonly hostKey: string;
  /** How often somebody logged in. */
  readonly loginCount: () => Promise<number>;
  /** Cuts all connections, as a cable that is pulled; what runs there goes on. */
  readonly drop: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface TestHostSettings {
  /** A folder of its own, for keys and logs. */
  readonly directory: string;
  /** Public key that may log in. */
  readonly authorizedKey: string;
  /** Added to the environment of commands. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether it connects us to ports of its loopback. Default true. */
  readonly forwards?: boolean;
  /** Lines of sshd_config(5) that win over the others; of no effect on the embedded host. */
  readonly options?: readonly string[];
}
