import { closeSync, existsSync, openSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { DoneBefore } from "@hostout/engine";
import { type Event, HostoutError, nearMiss, type Outcome, type TargetReport } from "@hostout/kit";
import { journalFolder } from "./journal-folder.ts";
import { type StoredOutput, storedLines } from "./output-blocks.ts";
import { linesOf, partOf } from "./read-lines.ts";
import { isProcessThere, type RequestRecord } from "./request-record.ts";

/** A run, read from its journal. */
export interface RunRecord {
  readonly request: RequestRecord;
  /** The events of the run, without output and progress. */
  readonly events: readonly Event[];
  /** Yields every event, read from the files piece by piece. */
  readonly all: () => Generator<Event>;
  /** The last event; undefined if the run was cut off. */
  readonly end: Extract<Event, { type: "run.end" }> | undefined;
  /** Whether the run still goes on; undefined if unknown, because it started on another machine. */
  readonly isGoing: boolean | undefined;
}

/** Returns the names of the runs in a folder, the newest first. */
function runNames(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .flatMap((name) => (name.endsWith(".ndjson") ? [name.slice(0, -".ndjson".length)] : []))
    .sort()
    .reverse();
}

/**
 * Yields the runs of one configuration, the newest first. Runs of other configurations may be in the same
 * folder. A journal that a power cut or a full disk made unreadable is reported and skipped.
 */
export function* runsOf(
  config: string,
  warn = (line: string): void => void process.stderr.write(`warning: ${line}\n`),
): Generator<RunRecord> {
  const folder = journalFolder(config);
  for (const name of runNames(folder)) {
    let run: RunRecord;
    try {
      run = readRun(folder, name);
    } catch (error) {
      warn(`${(error as Error).message}; hostout skips this run`);
      continue;
    }
    if (run.request.config === config) yield run;
  }
}

/** Returns the last run of a configuration that changed something or failed. */
export function lastRunOf(config: string): RunRecord | undefined {
  for (const run of runsOf(config)) if (!run.request.isReadOnly || run.end?.exitCode !== 0) return run;
  return undefined;
}

/**
 * Reads the journal of a run.
 *
 * @param word the name of the run, or its last part
 * @throws HostoutError `usage` if the run does not exist, `bad-config` if the file is not a journal
 */
export function readRun(folder: string, word: string): RunRecord {
  const names = runNames(folder);
  const fitting = names.filter((one) => one.endsWith(`-${word}`));
  const name = !names.includes(word) && fitting.length === 1 ? fitting[0]! : word;
  if (!names.includes(name)) {
    const near = nearMiss(name, names);
    throw new HostoutError({
      code: "usage",
      message: `there is no run '${name}' in ${folder}`,
      hint: near === undefined ? "'hostout history' lists the runs." : `Did you mean '${near}'?`,
    });
  }
  const file = join(folder, `${name}.ndjson`);
  const events: Event[] = [];
  let request: RequestRecord | undefined;
  // These are most lines of a journal.
  for (const line of linesOf(file, ['{"type":"output"', '{"type":"progress"'])) {
    for (const one of parseLine(line)) {
      if (one.type !== "request") events.push(one as Event);
      else request ??= one;
    }
    if (request === undefined) break;
  }
  if (request === undefined) {
    throw new HostoutError({
      code: "bad-config",
      message: `${file} is not the journal of a run`,
      hint: "Remove it.",
    });
  }
  const end = events.findLast((event) => event.type === "run.end");
  const all = () => allOf(file, join(folder, name));
  return { request, events, all, end, isGoing: end ? false : isProcessThere(request.process) };
}

/**
 * Yields every event of a journal.
 *
 * @param logs the folder of the files with the text of outputs
 */
function* allOf(file: string, logs: string): Generator<Event> {
  const open = new Map<string, number>();
  const read = (log: string, from: number, bytes: number) => {
    // The journal names a file, so a path in it is not followed.
    const path = join(logs, log.replaceAll("/", "_"));
    if (!open.has(log)) {
      if (!existsSync(path)) return "(the file that has it was removed)";
      open.set(log, openSync(path, "r"));
    }
    return partOf(open.get(log)!, from, bytes);
  };
  try {
    for (const line of linesOf(file))
      for (const one of parseLine(line)) {
        if (one.type === "request") continue;
        if (one.type === "output" && "log" in one) yield* storedLines(one, read);
        else yield one as Event;
      }
  } finally {
    for (const descriptor of open.values()) closeSync(descriptor);
  }
}

/** Parses a line of a journal. Ignores a line that was cut off when hostout was killed. */
function parseLine(line: string): readonly (Event | StoredOutput | RequestRecord)[] {
  try {
    const one = JSON.parse(line) as Event | StoredOutput | RequestRecord | null;
    return one === null ? [] : [one];
  } catch {
    return [];
  }
}

/** Returns the result of each host of a run; `not-run` if it is unknown. */
export function reportsOf({ request, end }: RunRecord): readonly TargetReport[] {
  return end?.targets ?? request.targets.map(({ site, host }) => ({ site, host, status: "not-run" }));
}

/**
 * Returns the finished steps of runs that resume each other, the oldest first. An undo makes its steps
 * unfinished from its start. Undo and failure steps themselves never count as finished.
 */
export function doneIn(runs: readonly RunRecord[]): DoneBefore {
  const done = new Map<string, Map<string, Outcome>>();
  const placeOf = (site: string, host: string) => JSON.stringify([site, host]);
  for (const event of runs.flatMap(({ events }) => events)) {
    if (event.type !== "task.start" && event.type !== "task.end") continue;
    const { site, host, step } = event;
    const undone = /^(.*?)\.undo\b/.exec(step)?.[1];
    if (undone !== undefined) {
      for (const [place, steps] of done)
        if (host === undefined ? JSON.parse(place)[0] === site : place === placeOf(site, host))
          for (const one of steps.keys()) if (one.startsWith(`${undone}.`)) steps.delete(one);
    } else if (event.type === "task.end" && event.status !== "failed") {
      for (const name of event.hosts ?? (host === undefined ? [] : [host])) {
        const steps = done.get(placeOf(site, name)) ?? new Map<string, Outcome>();
        done.set(placeOf(site, name), steps);
        // A step that a resumed run skips is reported again; the first report has its result.
        const { status, value, note } = event;
        if (!steps.has(step)) steps.set(step, { status, value, note });
      }
    }
  }
  return ({ site, host }, step) => done.get(placeOf(site.name, host.name))?.get(step);
}

/** Returns the hosts with a task that started and did not end. The task may still run. */
export function unfinishedIn({
  events,
}: RunRecord): readonly { readonly site: string; readonly host: string }[] {
  const open = new Map<number, { readonly site: string; readonly host: string }>();
  for (const event of events) {
    if (event.type === "task.start" && event.host !== undefined)
      open.set(event.task, { site: event.site, host: event.host });
    else if (event.type === "task.end") {
      open.delete(event.task);
      // A task may also still run after a lost connection or a timeout.
      const mayGoOn = event.error?.code === "connection-lost" || event.error?.code === "timeout";
      if (mayGoOn && event.host !== undefined) open.set(event.task, { site: event.site, host: event.host });
    }
  }
  return [...new Map([...open.values()].map((place) => [JSON.stringify(place), place])).values()];
}
