import { closeSync, existsSync, openSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { DoneBefore } from "@hostout/engine";
import { type Event, HostoutError, nearMiss, type Outcome, type TargetReport } from "@hostout/kit";
import { journalFolder } from "./journal-folder.ts";
import { type StoredOutput, storedLines } from "./output-blocks.ts";
import { linesOf, partOf } from "./read-lines.ts";
import { isProcessThere, type RequestRecord } from "./request-record.ts";

/** A run as it was written down. */
export interface RunRecord {
  readonly request: RequestRecord;
  /** What happened, without outputs and progress. */
  readonly events: readonly Event[];
  /** All that happened, read from the files piece by piece. */
  readonly all: () => Generator<Event>;
  /** Undefined: it did not come to its end. */
  readonly end: Extract<Event, { type: "run.end" }> | undefined;
  /** Whether it goes on now; undefined where that is not known, as it was begun on another machine. */
  readonly isGoing: boolean | undefined;
}

/** Names of the runs of a folder, the newest first. */
function runNames(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .flatMap((name) => (name.endsWith(".ndjson") ? [name.slice(0, -".ndjson".length)] : []))
    .sort()
    .reverse();
}

/**
 * The runs of one configuration, the newest first: another one beside it has its runs in the same folder. A journal that cannot be read, as
 * a power cut or a full disk leaves one, is named and left out.
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
      warn(`${(error as Error).message}; it is left out`);
      continue;
    }
    if (run.request.config === config) yield run;
  }
}

/** The last run of a configuration that did something, or did not come to a good end. */
export function lastRunOf(config: string): RunRecord | undefined {
  for (const run of runsOf(config)) if (!run.request.isReadOnly || run.end?.exitCode !== 0) return run;
  return undefined;
}

/** @param word a name, or the last part of one @throws HostoutError `usage` when there is no such run, `bad-config` when it is no journal */
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
  // Most of a journal.
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
      message: `${file} is no journal of a run`,
      hint: "Remove it.",
    });
  }
  const end = events.findLast((event) => event.type === "run.end");
  const all = () => allOf(file, join(folder, name));
  return { request, events, all, end, isGoing: end ? false : isProcessThere(request.process) };
}

/** @param logs folder of the files that have the text of outputs */
function* allOf(file: string, logs: string): Generator<Event> {
  const open = new Map<string, number>();
  const read = (log: string, from: number, bytes: number) => {
    // The name is the journal's, not a path that somebody wrote into it.
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

/** A line that was cut off where hostout was killed is none. */
function parseLine(line: string): readonly (Event | StoredOutput | RequestRecord)[] {
  try {
    const one = JSON.parse(line) as Event | StoredOutput | RequestRecord | null;
    return one === null ? [] : [one];
  } catch {
    return [];
  }
}

/** How each host of a run ended; `not-run` where that is not known. */
export function reportsOf({ request, end }: RunRecord): readonly TargetReport[] {
  return end?.targets ?? request.targets.map(({ site, host }) => ({ site, host, status: "not-run" }));
}

/**
 * What was done in runs that go on with each other, the oldest first. What was taken back is not done any more, from when that was
 * begun; and to take back, or to do what is for failures, is never done once and for all.
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
        // What is skipped because it was done before says so once more, and keeps what it was.
        const { status, value, note } = event;
        if (!steps.has(step)) steps.set(step, { status, value, note });
      }
    }
  }
  return ({ site, host }, step) => done.get(placeOf(site.name, host.name))?.get(step);
}

/** Hosts on which a task was begun and not ended: it may go on there. */
export function unfinishedIn({
  events,
}: RunRecord): readonly { readonly site: string; readonly host: string }[] {
  const open = new Map<number, { readonly site: string; readonly host: string }>();
  for (const event of events) {
    if (event.type === "task.start" && event.host !== undefined)
      open.set(event.task, { site: event.site, host: event.host });
    else if (event.type === "task.end") {
      open.delete(event.task);
      // It may go on too where the line to it broke, or it did not end when it was told to.
      const mayGoOn = event.error?.code === "connection-lost" || event.error?.code === "timeout";
      if (mayGoOn && event.host !== undefined) open.set(event.task, { site: event.site, host: event.host });
    }
  }
  return [...new Map([...open.values()].map((place) => [JSON.stringify(place), place])).values()];
}
