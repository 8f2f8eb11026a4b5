import type { Host } from "../site/host.ts";
import type { Site } from "../site/site.ts";
import type { Target } from "../site/target.ts";
import type { Connection } from "./connection.ts";

/** Receives the output and the progress of one task. */
export interface TaskOutput {
  /**
   * Receives one line. `machine` is the label of the machine that wrote it. hostout or a plugin writes a
   * `note`, a `warning` or a `detail`.
   */
  readonly line: (
    stream: "stdout" | "stderr" | "note" | "warning" | "detail",
    machine: string,
    line: string,
  ) => void;
  /**
   * Identifies the task on its machine: the run (`RUN.`) and the place in the plan. A repeated task has the
   * same mark. Processes that the task starts carry the mark in their environment variables.
   */
  readonly mark: string;
  readonly progress: (doneBytes: number, totalBytes?: number) => void;
}

/** A login to a host of a site in the place of the site's own. */
export interface Login {
  readonly user: string;
  /** Private key. Undefined: the keys that ssh itself finds. */
  readonly identityFile?: string | undefined;
  readonly password?: string | undefined;
  /** False: the login fails where the user would have to answer a question. Default true. */
  readonly mayAsk?: boolean | undefined;
  /** Opens a new session, which proves that the login works now. Default false. */
  readonly isFresh?: boolean | undefined;
}

/**
 * All sessions of a run. One connection per login user, address and port, whatever the sites. The first use
 * opens it.
 */
export interface Connections {
  readonly remote: (site: Site, host: Host, output: TaskOutput, login?: Login) => Connection;
  readonly local: (site: Site, output: TaskOutput) => Connection;
  /**
   * Asks, before any work starts, all questions on the way to these hosts: new host keys, passphrases,
   * passwords.
   */
  readonly prepare?: (targets: readonly Target[]) => Promise<void>;
  /**
   * Announces that the run will soon use these hosts. Slow connections may start to open, but ask the user
   * nothing.
   */
  readonly expect?: (targets: readonly Target[]) => void;
  /** Closes all sessions, and gives up those that are still opening. */
  readonly close: () => Promise<void>;
}
