import { HostoutError } from "@hostout/kit";
import { Args, Flags } from "@oclif/core";
import { journalFolder } from "../journal/journal-folder.ts";
import { type RunRecord, readRun, reportsOf, runsOf } from "../journal/read-journal.ts";
import { makeLabels } from "../labels.ts";
import { columns } from "../listing.ts";
import { ProjectCommand, projectFlags } from "../project-command.ts";
import { reportLines } from "../report-lines.ts";
import { makeStyle } from "../style.ts";

/** `hostout history [RUN]`: the runs of this configuration. */
export default class History extends ProjectCommand {
  static override summary = "List the runs, or show one of them again";
  static override args = { run: Args.string({ description: "name of a run, as the list has it" }) };
  static override flags = {
    ...projectFlags,
    html: Flags.string({
      summary: "write the run as one page: hosts and steps over time, with their output",
    }),
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
    } else if (named) this.show(named, flags.json);
    else this.list(newest(runsOf(file), flags.limit), flags.json);
    return 0;
  }

  private list(runs: readonly RunRecord[], json: boolean): void {
    if (json) this.printJson(runs.map(asData));
    else for (const line of columns(runs.map(asCells))) this.log(line);
  }

  private show(run: RunRecord, json: boolean): void {
    if (json) {
      for (const event of run.events) this.log(JSON.stringify(event));
      return;
    }
    const style = makeStyle(process.stdout, process.env);
    const write = (text: string) => void process.stdout.write(text);
    const report = reportLines({ write, style, quiet: false, verbose: true, folder: process.cwd() });
    for (const event of run.events) report(event);
    if (!run.end)
      this.log(
        run.isGoing !== false
          ? "It is still going on."
          : "It did not come to its end: hostout resume goes on with it.",
      );
  }
}

/** Journals are read one by one, only as many as are shown. */
function newest(runs: Iterable<RunRecord>, limit: number): readonly RunRecord[] {
  const taken: RunRecord[] = [];
  for (const run of runs) if (taken.push(run) === limit) break;
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
    exitCode: end?.exitCode,
    durationMs: end?.durationMs,
    hosts,
  };
}

function asCells(run: RunRecord): readonly string[] {
  const { request, end, isGoing } = run;
  const reports = reportsOf(run);
  const label = makeLabels(request.targets);
  const bad = reports.filter(({ status }) => status !== "ok");
  const state = end ? (end.exitCode === 0 ? "ok" : `exit ${end.exitCode}`) : isGoing ? "going on" : "cut off";
  const shown =
    bad.length > 3
      ? `${bad.length} hosts`
      : bad.map((one) => `${label(one)} ${one.status.replace("-", " ")}`).join(", ");
  const what = [...new Set(request.targets.map(({ site }) => site))].join(" ");
  const commands = request.commands.map(({ name }) => name).join(" ");
  const count = `${reports.length} ${reports.length === 1 ? "host" : "hosts"}`;
  return [request.run, state, count, `${what} ${commands}`, end ? shown : ""];
}
