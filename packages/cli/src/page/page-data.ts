import type { Event } from "@hostout/kit";
import { type RunRecord, reportsOf } from "../journal/read-journal.ts";
import { statusOf } from "../show/recap.ts";
import { visibleEvent } from "../show/visible-event.ts";
import { visibleData } from "../show/visible-text.ts";

/** The most lines of a task's output to show, the last ones. */
const keptLines = 2000;

/** The data of a run for its page. Times are in milliseconds since the start of the run. */
export interface PageData {
  readonly run: string;
  readonly config: string;
  readonly commands: readonly string[];
  /** The start in ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** The state: `ended`, `going on`, or `cut off` if the run was killed. */
  readonly state: string;
  readonly exitCode: number | undefined;
  readonly rows: readonly PageRow[];
}

/** A place of work: a host of a site, or this machine on behalf of a site. */
export interface PageRow {
  readonly site: string;
  readonly host: string | undefined;
  readonly status: string;
  readonly message: string | undefined;
  readonly hint: string | undefined;
  readonly tasks: readonly PageTask[];
}

/** A task of a row, as a bar on the page. */
export interface PageTask {
  readonly path: readonly string[];
  readonly plugin: string;
  readonly startMs: number;
  /** The duration; undefined if the task did not end. */
  readonly durationMs: number | undefined;
  readonly status: string;
  readonly note: string | undefined;
  readonly message: string | undefined;
  readonly hint: string | undefined;
  /** The lines of output. Lines of `stderr`, `note` and `warning` are marked as `[stream, line]`. */
  readonly lines: readonly (readonly [stream: string, line: string])[];
  /** The number of earlier lines that are omitted. */
  readonly leftOut: number;
}

interface Building {
  readonly start: Extract<Event, { type: "task.start" }>;
  end: Extract<Event, { type: "task.end" }> | undefined;
  lines: (readonly [string, string])[];
  leftOut: number;
}

/** Returns the data of a run for its page. Reads the output from the journal. */
export function pageData(run: RunRecord): PageData {
  const { request, events, end, isGoing } = run;
  const startedAt = events[0]?.at ?? "";
  const startedMs = Date.parse(startedAt);
  const { tasks, lastAt } = tasksOf(run.all());
  const lastMs = Date.parse(lastAt ?? startedAt);
  const reports = visibleData(reportsOf(run)).map((one) => ({ ...one, status: statusOf(one) }));
  const places = [
    ...new Set(tasks.filter(({ start }) => start.host === undefined).map(({ start }) => start.site)),
  ].map((site) => ({ site, host: undefined, status: "", error: undefined }));
  const rows = [...places, ...reports].map(({ site, host, status, error }) => ({
    site,
    host,
    status,
    message: error?.message,
    hint: error?.hint,
    tasks: tasks
      .filter(({ start }) => start.site === site && start.host === host)
      .map((task) => pageTask(task, startedMs)),
  }));
  return {
    run: request.run,
    config: request.config,
    commands: request.commands.map(({ name }) => name),
    startedAt,
    durationMs: end?.durationMs ?? lastMs - startedMs,
    state: end ? "ended" : isGoing ? "going on" : "cut off",
    exitCode: end?.exitCode,
    rows,
  };
}

function tasksOf(events: Iterable<Event>): {
  readonly tasks: readonly Building[];
  readonly lastAt: string | undefined;
} {
  const tasks = new Map<number, Building>();
  let lastAt: string | undefined;
  for (const told of events) {
    const event = visibleEvent(told, false);
    lastAt = event.at;
    if (event.type === "task.start")
      tasks.set(event.task, { start: event, end: undefined, lines: [], leftOut: 0 });
    else if (event.type === "task.end") {
      const task = tasks.get(event.task);
      if (task) task.end = event;
    } else if (event.type === "output") {
      const task = tasks.get(event.task);
      task?.lines.push(
        event.severity === "warning" ? ["warning", `warning: ${event.line}`] : [event.stream, event.line],
      );
      if (task && task.lines.length > 2 * keptLines) trim(task);
    }
  }
  for (const task of tasks.values()) trim(task);
  return { tasks: [...tasks.values()], lastAt };
}

function trim(task: Building): void {
  const over = Math.max(0, task.lines.length - keptLines);
  task.leftOut += over;
  task.lines = task.lines.slice(over);
}

function pageTask({ start, end, lines, leftOut }: Building, startedMs: number): PageTask {
  return {
    path: start.path,
    plugin: start.plugin,
    startMs: Date.parse(start.at) - startedMs,
    durationMs: end?.durationMs,
    status: end?.status ?? "unfinished",
    note: end?.note,
    message: end?.error?.message,
    hint: end?.error?.hint,
    lines,
    leftOut,
  };
}
