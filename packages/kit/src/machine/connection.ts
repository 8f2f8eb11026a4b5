import type { Duplex, Readable } from "node:stream";
import type { Command } from "./shell.ts";

/** An account by its role in a site: the login user, root, the owner of the site, or the build user. */
export type AccountRole = "login" | "root" | "effective" | "buildout";

/**
 * The account that runs a command: a role in the site, or an account of the machine by name
 * (`{ user: "postgres" }`).
 */
export type Account = AccountRole | { readonly user: string };

export interface RunOptions {
  /** Folder to run in. A leading `~` means the account's home. */
  readonly cwd?: string | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** The command's standard input. Default empty: the command reads end of file at once. */
  readonly input?: string | Uint8Array | Readable | undefined;
  readonly timeoutMs?: number | undefined;
  /** Keeps the output out of the events. The result still holds it. */
  readonly quiet?: boolean | undefined;
  /**
   * Name of the command in error messages, where its text would not help the reader. Default its first line.
   */
  readonly title?: string | undefined;
  /**
   * Lets the command outlive a broken connection. hostout then reads its output again from the byte where it
   * broke. A resumed run picks up a command that a killed run started. Only for `run`, and not with `input`.
   */
  readonly detached?: boolean | undefined;
  /**
   * Runs the command beside the other commands of the host, as long as the run works on that host. The
   * command that holds a lock is one. No other command waits for its end, and `command-timeout` does not
   * apply to it. Default false.
   */
  readonly background?: boolean | undefined;
  /**
   * Lets processes that the command starts, such as a server, outlive it. They are not part of the run, and a
   * resumed run does not wait for them. Only for `run`. Default false.
   */
  readonly leavesRunning?: boolean | undefined;
}

export interface RunResult {
  /** The last 4 MiB of standard output, decoded as UTF-8. */
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
}

export interface SyncRequest {
  /** A file, or a folder whose content is synced. Absolute, or with a leading `~`. */
  readonly local: string;
  readonly remote: string;
  readonly direction: "push" | "pull";
  /** Removes files that the source does not have. Default false. */
  readonly delete?: boolean | undefined;
  /** Keeps every path that the target already has, of any kind. Default false. */
  readonly ignoreExisting?: boolean | undefined;
  /**
   * The existing folders of the target that keep their rights. `all` is every folder, and `top` is only the
   * first. `none` is for a tree that hostout alone uses. Default `all`. Owners of existing folders never
   * change.
   */
  readonly keepFolders?: "all" | "top" | "none" | undefined;
  /** Compares files of equal size by their content instead of their times. Default false. */
  readonly checksum?: boolean | undefined;
  /** Patterns in rsync's form: `name`, `*.fs`, `/anchored`, `folder/`. */
  readonly exclude?: readonly string[] | undefined;
  /** The account that reads or writes the files on this machine. Default `login`. */
  readonly localAccount?: Account | undefined;
}

export interface SyncResult {
  /** Paths below the target that were created, changed or removed, in the form of `pathText`. */
  readonly changed: readonly string[];
  /** Bytes of content sent over the network. 0 when nothing differed. */
  readonly transferredBytes: number;
  /** The program that transferred the files. */
  readonly by: "rsync" | "tar";
}

export interface FileOptions {
  /** Mode of a file that the transfer creates. Default 0o600. */
  readonly mode?: number | undefined;
}

/**
 * A live session with one machine: a host over ssh, this machine, or a dry run of either.
 *
 * Each method throws HostoutError: `command-failed` (with the exit status and the last lines of output),
 * `unreachable`, `connection-lost`, `sudo-refused`, `transfer-failed`, `disk-full`, `timeout`, `interrupted`.
 */
export interface Connection {
  /** Label of the machine in output. */
  readonly name: string;
  /** Account that runs the commands. Empty where hostout does not know it. */
  readonly user: string;
  /**
   * The name or IP address that ssh connects to (HostName in its configuration). Undefined for this machine,
   * and where it is unknown.
   */
  readonly address?: (() => Promise<string | undefined>) | undefined;
  /**
   * True in a dry run: `run`, `upload`, `download` and `sync` only report the change that they would make.
   */
  readonly dryRun: boolean;
  /** Runs a command that may change the machine. Each line of its output is an event. */
  run(command: Command, options?: RunOptions): Promise<RunResult>;
  /**
   * Ends the detached commands in folders below `below`, with all processes that they started. Keeps the
   * command in the folder `except`. Otherwise the build of a client that died would run beside the next
   * build.
   *
   * Resolves to the folders in which it ended a command.
   */
  endDetached(below: string, except?: string): Promise<readonly string[]>;
  /** Runs a command that changes nothing. True when it exits with 0, false for any other status. */
  test(command: Command, options?: RunOptions): Promise<boolean>;
  /**
   * Runs a command that changes nothing. Resolves to its standard output without trailing newlines. Throws
   * `failed` when the output exceeds 4 MiB.
   */
  capture(command: Command, options?: RunOptions): Promise<string>;
  /** Sends one file, whole or not at all. The host writes it under another name and then renames it. */
  upload(local: string, remote: string, options?: FileOptions): Promise<void>;
  /** Fetches one file, whole or not at all. */
  download(remote: string, local: string, options?: FileOptions): Promise<void>;
  /** Makes a file or folder equal to another one. Sends only the differences. */
  sync(request: SyncRequest): Promise<SyncResult>;
  /**
   * Opens a TCP connection to an address as that machine resolves it (its own loopback, its own names).
   * Resolves once the connection is open. The connection ends with the run. The caller destroys it earlier,
   * because only a few can be open at once.
   *
   * @param address a name or an IP address, without brackets
   * @throws HostoutError `failed` when nothing listens at the address, `refused` when the machine's ssh
   * server forbids forwarding
   */
  dial(address: string, port: number): Promise<Duplex>;
  /** Runs a shell or a command on a terminal that is joined to the user's. Resolves to its exit status. */
  interact(command?: Command, options?: { readonly cwd?: string | undefined }): Promise<number>;
  /** Returns the same session with the rights of another account. */
  as(account: Account): Connection;
}
