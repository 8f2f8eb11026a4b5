import type { ErrorCode } from "./hostout-error.ts";

/** How a task ended. `unchanged`: there was nothing to do. `skipped`: it was not to be done here. */
export type Status = "ok" | "unchanged" | "skipped" | "failed";

/** A task is one layer of one command on one target; `host` is absent where it ran once for its site, on this machine. */
export interface TaskPlace {
  /** Unique in the run. */
  readonly task: number;
  readonly site: string;
  readonly host?: string | undefined;
}

/** What a task found out, in columns for people. */
export interface Table {
  /** Headings, each a word or two. */
  readonly columns: readonly string[];
  /** Cells in the order of the columns; an empty one is printed as `-`. */
  readonly rows: readonly (readonly string[])[];
}

export interface ErrorReport {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string | undefined;
  /** `file:line` */
  readonly origin?: string | undefined;
  readonly host?: string | undefined;
  /** The plugin in which it came up, and the command from that of the line down. */
  readonly plugin?: string | undefined;
  readonly command?: readonly string[] | undefined;
}

export interface TargetReport {
  readonly site: string;
  readonly host: string;
  readonly status: "ok" | "failed" | "unreachable" | "not-run";
  readonly error?: ErrorReport | undefined;
  /** What the last command of the line found out there. */
  readonly value?: unknown;
  /** How it says that to people, on one line. */
  readonly note?: string | undefined;
  /** The release that was live when the run ended; null: none. Absent where the run does not know. */
  readonly live?: string | null | undefined;
}

/** All that happens in a run, in order: the one source for what is shown, written and sent. Times are ISO 8601, UTC. */
export type Event =
  | {
      readonly type: "run.start";
      readonly at: string;
      readonly run: string;
      /** Version of the form of events: the `1` of `events-1.schema.json`. A new member or a new type of event does not change it. */
      readonly schema: 1;
      /** The run that this one goes on with. */
      readonly resumes?: string | undefined;
      readonly config: string;
      readonly dryRun: boolean;
      readonly commands: readonly string[];
      readonly targets: readonly {
        readonly site: string;
        readonly host: string;
        /** What the site is for, as its option `environment` says. */
        readonly environment?: string | undefined;
      }[];
    }
  | (TaskPlace & {
      readonly type: "task.start";
      readonly at: string;
      /** From the command on the line down to this one: `["deploy", "push"]`. */
      readonly path: readonly string[];
      /** Its place in the plan; the same in a run that goes on with this one. */
      readonly step: string;
      readonly plugin: string;
    })
  | (TaskPlace & {
      readonly type: "output";
      readonly at: string;
      /** `note`: said by hostout or a plugin, not by a command. */
      readonly stream: "stdout" | "stderr" | "note";
      /** The machine that wrote it. */
      readonly machine: string;
      /** One whole line, without its end. */
      readonly line: string;
      /**
       * `warning`: the step succeeds, but leaves out or changes something; the line does not begin with that word. `detail`: how
       * a step does its work. Absent for any other line.
       */
      readonly severity?: "warning" | "detail" | undefined;
    })
  | (TaskPlace & {
      readonly type: "progress";
      readonly at: string;
      readonly doneBytes: number;
      readonly totalBytes?: number | undefined;
    })
  | (TaskPlace & {
      readonly type: "task.end";
      readonly at: string;
      readonly path: readonly string[];
      readonly step: string;
      readonly status: Status;
      /** What it found out. */
      readonly value?: unknown;
      /** The release that was live on the host then; null: none. Absent where the run does not know. */
      readonly live?: string | null | undefined;
      /** The hosts that it was done for, where it ran once for its site. */
      readonly hosts?: readonly string[] | undefined;
      readonly note?: string | undefined;
      /** Printed at the end of the run, one table for all hosts. */
      readonly table?: Table | undefined;
      /** `detail`: as a step of another command it is not worth a line of its own; one that failed was only stopped. */
      readonly severity?: "detail" | undefined;
      readonly durationMs: number;
      readonly error?: ErrorReport | undefined;
    })
  | {
      /** The next hosts of a rolling part begin. Only where it has several batches. */
      readonly type: "batch";
      readonly at: string;
      /** From 1. */
      readonly batch: number;
      readonly of: number;
      /** Whether it is that of `--canary`. */
      readonly canary: boolean;
      readonly targets: readonly { readonly site: string; readonly host: string }[];
    }
  | {
      readonly type: "run.end";
      readonly at: string;
      readonly run: string;
      readonly durationMs: number;
      readonly exitCode: number;
      readonly targets: readonly TargetReport[];
    };

/** Takes each event as it happens. Must not throw. */
export type Emit = (event: Event) => void;
