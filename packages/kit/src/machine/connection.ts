import type { Duplex, Readable } from "node:stream";
import type { Command } from "./shell.ts";

/** An account by its part in a site: who logged in, root, the owner of the running site, the owner of the build. */
export type AccountRole = "login" | "root" | "effective" | "buildout";

/** Whose rights a command has: a part in the site, or an account of the machine by name (`{ user: "postgres" }`). */
export type Account = AccountRole | { readonly user: string };

export interface RunOptions {
  /** Folder to run in. A leading `~` means the account's home. */
  readonly cwd?: string | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** What the command reads; nothing (end of file at once) if not given. */
  readonly input?: string | Uint8Array | Readable | undefined;
  readonly timeoutMs?: number | undefined;
  /** Keep the output out of the events; it is still in the result. */
  readonly quiet?: boolean | undefined;
  /** What a failure calls the command, where its text would say nothing to who reads it. Default its first line. */
  readonly title?: string | undefined;
  /**
   * It goes on over there when the line to it breaks, and its output is taken up again at the byte where it stopped; a
   * run that goes on with one that was killed takes it up too. Only of `run`, and not with `input`.
   */
  readonly detached?: boolean | undefined;
  /**
   * It runs beside the other commands of the host for as long as the work there takes, as what holds a lock does: none of them waits for its
   * end, and `command-timeout` is not for it. Default false.
   */
  readonly background?: boolean | undefined;
  /**
   * What it starts may stay when it has ended, as a server does, and is no work of the run: a run that resumes this one does not wait for it.
   * Only of `run`. Default false.
   */
  readonly leavesRunning?: boolean | undefined;
}

export interface RunResult {
  /** The last 4 MiB of it, decoded as UTF-8. */
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
}

export interface SyncRequest {
  /** A file, or a folder whose content is meant. Absolute, or with a leading `~`. */
  readonly local: string;
  readonly remote: string;
  readonly direction: "push" | "pull";
  /** Remove what the source does not have. Default false. */
  readonly delete?: boolean | undefined;
  /** Leave alone what the target has, whatever it is. Default false. */
  readonly ignoreExisting?: boolean | undefined;
  /**
   * Which folders that the target has keep their rights: `all` of them, the `top` one only, or `none`, where the tree belongs to hostout
   * alone. Default `all`. Owners of such folders never change.
   */
  readonly keepFolders?: "all" | "top" | "none" | undefined;
  /** Compare files of one size by their content, and not by their times. Default false. */
  readonly checksum?: boolean | undefined;
  /** rsync's patterns: `name`, `*.fs`, `/anchored`, `folder/`. */
  readonly exclude?: readonly string[] | undefined;
  /** Rights with which this machine's side is read or written. Default `login`. */
  readonly localAccount?: Account | undefined;
}

export interface SyncResult {
  /** Paths below the target that were made, changed or removed, each as `pathText` gives it. */
  readonly changed: readonly string[];
  /** Content that went over the wire; 0 when nothing differed. */
  readonly transferredBytes: number;
  /** What carried it. */
  readonly by: "rsync" | "tar";
}

export interface FileOptions {
  /** Mode of the file where it is made, 0o600 if not given. */
  readonly mode?: number | undefined;
}

/**
 * A live session with one machine: a host over ssh, this machine, or a dry run of either.
 *
 * Each method throws HostoutError: `command-failed` with the exit status and the last lines it wrote, `unreachable`,
 * `connection-lost`, `sudo-refused`, `transfer-failed`, `disk-full`, `timeout`, `interrupted`.
 */
export interface Connection {
  /** Label of the machine in output. */
  readonly name: string;
  /** Who commands run as, where that is known. */
  readonly user: string;
  /** The name or IP address that ssh connects to (HostName of its configuration); undefined for this machine, or where it is not known. */
  readonly address?: (() => Promise<string | undefined>) | undefined;
  /** True on a dry run: `run`, `upload`, `download` and `sync` only tell what they would do. */
  readonly dryRun: boolean;
  /** Runs a command that may change the machine; each line it writes is an event. */
  run(command: Command, options?: RunOptions): Promise<RunResult>;
  /**
   * Ends what runs detached there, with all that it started, in folders below one; what runs in the folder `except` goes on. Resolves to the
   * folders in which something was ended. So the build of a client that died does not go on beside the next one.
   */
  endDetached(below: string, except?: string): Promise<readonly string[]>;
  /** Asks a question that changes nothing: true when the command exits 0, false when it exits otherwise. */
  test(command: Command, options?: RunOptions): Promise<boolean>;
  /** Asks a question that changes nothing: what it wrote to stdout, without trailing newlines. `failed` where that is more than 4 MiB. */
  capture(command: Command, options?: RunOptions): Promise<string>;
  /** Puts one file there, whole or not at all (written under another name, then renamed). */
  upload(local: string, remote: string, options?: FileOptions): Promise<void>;
  /** Fetches one file, whole or not at all. */
  download(remote: string, local: string, options?: FileOptions): Promise<void>;
  /** Makes a file or folder like another; only what differs is sent. */
  sync(request: SyncRequest): Promise<SyncResult>;
  /**
   * A TCP connection to an address as that machine sees it (its own loopback, its names), open when this resolves. It ends
   * with the run; whoever asked for it destroys it before, as only a few can be open at once.
   *
   * @param address a name or an IP address, without brackets
   * @throws HostoutError `failed` when nothing listens there, `refused` when the machine's ssh server forwards nothing
   */
  dial(address: string, port: number): Promise<Duplex>;
  /** A shell, or a command, with a terminal of its own that is joined to the user's. Resolves to its exit status. */
  interact(command?: Command, options?: { readonly cwd?: string | undefined }): Promise<number>;
  /** The same session with another account's rights. */
  as(account: Account): Connection;
}
