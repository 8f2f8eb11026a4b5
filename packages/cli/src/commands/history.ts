import { once } from "node:events";
import { HostoutError } from "@hostout/kit";
import { Args, Flags } from "@oclif/core";
import { journalFolder } from "../journal/journal-folder.ts";
import { type RunRecord, readRun, reportsOf, runsOf } from "../journal/read-journal.ts";
import { lineOf } from "../journal/request-record.ts";
import { ProjectCommand, projectFlags } from "../project/project-command.ts";
import { jsonText } from "../show/json-text.ts";
import { makeLabels } from "../show/labels.ts";
import { statusOf } from "../show/recap.ts";
import { reportLines } from "../show/report-lines.ts";
import { makeStyle } from "../show/style.ts";
import { durationText, tableLines } from "../show/table.ts";

/** The command `hostout history [RUN]`: the runs of this configuration. */
export default class History extends ProjectCommand {
  static override summary = "List the runs, or show one of them again";
  static override args = { run: Args.string({ description: "a run, as the list names it" }) };
  static override flags = {
    ...projectFlags,
    html: Flags.string({
      summary: "write the run as one page: hosts and steps over time, with their output",
    }),
    all: Flags.boolean({ summary: "also runs that only looked, as check and status do" }),
    limit: Flags.integer({ summary: "so many runs, the newest first", default: 20, min: 1 }),
  };

  override async run(): Promise<number> {
    const { args, flags } = await this.parse(History);
    const { file } = this.source(flags, []);
    const named = args.run === undefined ? undefined : readRun(journalFolder(file), args.run);
    if (flags.html !== undefined) {
      const run = named ?? runsOf(file).next().value;
      if (!run) {
        throw new HostoutError({
          code: "usage",
          message: `there was no run of ${file} yet`,
          hint: "Leave --html out.",
        });
      }
      const { writePage } = await import("../page/write-page.ts");
      await writePage(flags.html, run);
      this.log(flags.html);
    } else if (named) await this.show(named, flags.json);
    else this.list(newest(runsOf(file), flags.limit, flags.all || flags.json), flags.json);
    return 0;
  }

  private list(runs: readonly RunRecord[], json: boolean): void {
    if (json) {
      this.printJson(runs.map(asData));
      return;
    }
    if (runs.length === 0) {
      this.log("There was no run that changed anything. 'hostout history --all' lists the others.");
      return;
    }
    const style = makeStyle(process.stdout, process.env);
    const names = runs.map(({ request }) => request.run);
    const table = {
      columns: ["run", "began", "took", "by", "result", "hosts", "sites and commands"],
      rows: runs.map((run) => asCells(run, names)),
    };
    for (const line of tableLines(table, style, process.stdout.isTTY ? process.stdout.columns : undefined))
      this.log(line);
  }

  private async show(run: RunRecord, json: boolean): Promise<void> {
    if (json) {
      for (const event of run.all()) {
        this.log(jsonText(event));
        await untilRead();
      }
      return;
    }
    const style = makeStyle(process.stdout, process.env);
    const write = (text: string) => void process.stdout.write(text);
    const report = reportLines({ write, style, quiet: false, verbose: true, folder: process.cwd() });
    for (const event of run.all()) {
      report(event);
      await untilRead();
    }
    if (!run.end)
      this.log(
        run.isGoing !== false
          ? "The run still goes on."
          : "The run did not end. To resume it: hostout resume",
      );
  }
}

/** Waits for the reader of stdout. Otherwise all output of a long run would be in memory. */
async function untilRead(): Promise<void> {
  const { stdout } = process;
  if (!stdout.writableNeedDrain) return;
  const over = new AbortController();
  const { signal } = over;
  const events = ["drain", "close", "error"].map((name) =>
    once(stdout, name, { signal }).catch(() => undefined),
  );
  await Promise.race(events);
  over.abort();
}

/** Reads journals one by one, and only as many as are shown. */
function newest(runs: Iterable<RunRecord>, limit: number, all: boolean): readonly RunRecord[] {
  const taken: RunRecord[] = [];
  for (const run of runs) {
    if (run.request.isReadOnly && !all) continue;
    if (taken.push(run) === limit) break;
  }
  return taken;
}

function asData(run: RunRecord) {
  const { request, end, isGoing } = run;
  const { run: name, resumes, config, commands } = request;
  const hosts = reportsOf(run).map(({ site, host, status }) => ({ site, host, status }));
  const state = end ? "ended" : isGoing ? "going" : "cut off";
  return {
    run: name,
    resumes,
    config,
    commands: commands.map((one) => one.name),
    state,
    selection: request.selection,
    who: request.who,
    startedAt: run.events.find(({ type }) => type === "run.start")?.at,
    isReadOnly: request.isReadOnly ?? false,
    exitCode: end?.exitCode,
    durationMs: end?.durationMs,
    hosts,
  };
}

function asCells(run: RunRecord, names: readonly string[]): readonly string[] {
  const { request, events, end, isGoing } = run;
  const reports = reportsOf(run);
  const label = makeLabels(request.targets);
  const bad = end ? reports.filter(({ status }) => status !== "ok") : [];
  const state = end ? (end.exitCode === 0 ? "ok" : `exit ${end.exitCode}`) : isGoing ? "running" : "cut off";
  const shown =
    bad.length > 3
      ? `${bad.length} hosts`
      : bad.map((one) => `${label(one)} ${statusOf(one).replace("-", " ")}`).join(", ");
  const began = events.find(({ type }) => type === "run.start")?.at ?? "";
  return [
    shortRun(request.run, names),
    began,
    end ? durationText(end.durationMs) : "",
    request.who ?? "",
    shown === "" ? state : `${state}: ${shown}`,
    String(reports.length),
    lineOf(request),
  ];
}

/** Returns the last part of a run's name, if it is unique in the list. */
function shortRun(name: string, names: readonly string[]): string {
  const last = name.slice(name.lastIndexOf("-") + 1);
  return names.some((other) => other !== name && other.endsWith(`-${last}`)) ? name : last;
}
