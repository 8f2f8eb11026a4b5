import type { Host } from "../site/host.ts";
import type { Site } from "../site/site.ts";
import type { Target } from "../site/target.ts";
import type { Connection } from "./connection.ts";

/** Where the lines and the progress of one task go. */
export interface TaskOutput {
  /** `machine` is the label of the machine that wrote the line; hostout or a plugin writes a `note`, a `warning` or a `detail`. */
  readonly line: (
    stream: "stdout" | "stderr" | "note" | "warning" | "detail",
    machine: string,
    line: string,
  ) => void;
  /**
   * Names the task on its machine: of the run (`RUN.`) and the place in the plan, the same when it is done again. What it
   * starts has that in its environment.
   */
  readonly mark: string;
  readonly progress: (doneBytes: number, totalBytes?: number) => void;
}

/** All sessions of a run. One connection per host (login, address, port), opened at its first use, whatever the sites. */
export interface Connections {
  readonly remote: (site: Site, host: Host, output: TaskOutput) => Connection;
  readonly local: (site: Site, output: TaskOutput) => Connection;
  /** Asks, before work begins, what would be asked on the way to these hosts: new host keys, passphrases, passwords. */
  readonly prepare?: (targets: readonly Target[]) => Promise<void>;
  /** Says that hosts will soon be worked on: what takes time to open may be begun, but nobody is asked. */
  readonly expect?: (targets: readonly Target[]) => void;
  /** Ends all of them, and gives up those that are not open yet. */
  readonly close: () => Promise<void>;
}
