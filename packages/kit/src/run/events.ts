import type { ErrorCode } from "./hostout-error.ts";

/** The end of a task. `unchanged`: the task had nothing to do. `skipped`: the task did not apply here. */
export type Status = "ok" | "unchanged" | "skipped" | "failed";

/**
 * The place of a task, which is one layer of one command on one target. `host` is absent where the task ran
 * once for its site, on this machine.
 */
export interface TaskPlace {
  /** Unique in the run. */
  readonly task: number;
  readonly site: string;
  readonly host?: string | undefined;
}

/** The result of a task, in columns for people. */
export interface Table {
  /** Headings, each a word or two. */
  readonly columns: readonly string[];
  /** Cells in the order of the columns. An empty cell prints as `-`. */
  readonly rows: readonly (readonly string[])[];
}

export interface ErrorReport {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string | undefined;
  /** `file:line` */
  readonly origin?: string | undefined;
  readonly host?: string | undefined;
  /** The plugin in which the error occurred, and its command, from the command on the line down. */
  readonly plugin?: string | undefined;
  readonly command?: readonly string[] | undefined;
}

export interface TargetReport {
  readonly site: string;
  readonly host: string;
  readonly status: "ok" | "failed" | "unreachable" | "not-run";
  readonly error?: ErrorReport | undefined;
  /** The value that the last command of the line returned for this host. */
  readonly value?: unknown;
  /** The value for people, on one line. */
  readonly note?: string | undefined;
  /** The live release at the end of the run. null means none. Absent where the run does not know it. */
  readonly live?: string | null | undefined;
}

/** One switch in the log of a host. */
export interface Switch {
  /** The time of the switch, by the clock of the host. */
  readonly at: string;
  /** The release that the switch made live. */
  readonly release: string;
  /** The run that switched: `ann@laptop, process 4711`. undefined where the log does not know it. */
  readonly who?: string | undefined;
}

/**
 * All events of a run, in order. They are the only source for output, journal and notifications. Times are
 * ISO 8601, UTC.
 */
export type Event =
  | {
      readonly type: "run.start";
      readonly at: string;
      readonly run: string;
      /**
       * Version of the event format: the `1` of `events-1.schema.json`. A new member or a new type of event
       * does not change it.
       */
      readonly schema: 1;
      /** The run that this run resumes. */
      readonly resumes?: string | undefined;
      readonly config: string;
      readonly dryRun: boolean;
      readonly commands: readonly string[];
      readonly targets: readonly {
        readonly site: string;
        readonly host: string;
        /** The site's purpose, from its option `environment`. */
        readonly environment?: string | undefined;
      }[];
    }
  | (TaskPlace & {
      readonly type: "task.start";
      readonly at: string;
      /** From the command on the line down to this one: `["deploy", "push"]`. */
      readonly path: readonly string[];
      /** Its place in the plan. A resumed run uses the same place. */
      readonly step: string;
      readonly plugin: string;
    })
  | (TaskPlace & {
      readonly type: "output";
      readonly at: string;
      /** `note`: written by hostout or a plugin, not by a command. */
      readonly stream: "stdout" | "stderr" | "note";
      /** The machine that wrote the line. */
      readonly machine: string;
      /** One whole line, without its line end. */
      readonly line: string;
      /**
       * `warning`: the step succeeds, but omits or changes something. The line does not begin with that word.
       * `detail`: how a step does its work. Absent for any other line.
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
      /** The result of the task. */
      readonly value?: unknown;
      /**
       * The live release of the host at that moment. null means none. Absent where the run does not know it.
       */
      readonly live?: string | null | undefined;
      /**
       * The last switch in the log of the host, as this run has read it. null means an empty log. Absent where the
       * run has not read the log.
       */
      readonly lastSwitch?: Switch | null | undefined;
      /** The hosts of the task, where it ran once for its site and succeeded for them. */
      readonly hosts?: readonly string[] | undefined;
      readonly note?: string | undefined;
      /** hostout prints it at the end of the run, as one table for all hosts. */
      readonly table?: Table | undefined;
      /**
       * `detail`: as a step of another command, the task needs no line of its own. A failed task with
       * `detail` was only interrupted.
       */
      readonly severity?: "detail" | undefined;
      readonly durationMs: number;
      readonly error?: ErrorReport | undefined;
    })
  | {
      /** The next hosts of a rolling part begin. Only where that part has several batches. */
      readonly type: "batch";
      readonly at: string;
      /** Counts from 1. */
      readonly batch: number;
      readonly of: number;
      /** Whether the batch is the canary (`--canary`). */
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

/** Receives each event as it happens. Must not throw. */
export type Emit = (event: Event) => void;
