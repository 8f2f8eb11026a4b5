import type { Event, TargetReport } from "@hostout/kit";
import { makeLabels, someOf } from "./labels.ts";
import { makeOpenTasks } from "./open-tasks.ts";
import { noteText, recap, seconds } from "./recap.ts";
import { makeRunTables } from "./run-tables.ts";
import type { Style } from "./style.ts";
import { tableLines } from "./table.ts";
import { visibleEvent } from "./visible-event.ts";
import { makeWarnings } from "./warnings.ts";

export interface LineSettings {
  readonly write: (text: string) => void;
  readonly style: Style;
  /** Prints only failures, warnings and the recap. */
  readonly quiet: boolean;
  /** Prints each start and each end, and details. */
  readonly verbose: boolean;
  /** Where hostout was started: files below it are told without it. */
  readonly folder: string;
  /** Whether the run is written down. Default true. */
  readonly canBeResumed?: () => boolean;
  /** Columns of the terminal; undefined where there is none. Default undefined. */
  readonly width?: () => number | undefined;
  /** Warnings that were printed elsewhere, for the recap. Default none. */
  readonly warned?: () => number;
}

/** Of a dry run's step, so many lines are told. */
const mostNoted = 12;

type End = Extract<Event, { type: "task.end" }>;

/**
 * Prints events as lines, each with its host: `[web1] text`. `[site web1]` where several sites have the same host. A step that did
 * something is one line, at its end.
 */
export function reportLines(settings: LineSettings): (event: Event) => void {
  const { write, style, quiet, verbose, folder } = settings;
  const { canBeResumed = () => true, warned = () => 0, width = () => undefined } = settings;
  let labels = makeLabels([]);
  let isDry = false;
  let isOneCommand = false;
  let isResumed = false;
  let last: string | undefined;
  const tasks = makeOpenTasks();
  const warnings = makeWarnings();
  let hasGoneBack = false;
  let hosts: readonly string[] = [];
  const tables = makeRunTables((label) => hosts.indexOf(label));
  /** Notes of the commands of the line, places where something ended, and those where something was done. */
  const notes = new Map<string, string>();
  const ended = new Set<string>();
  const worked = new Set<string>();
  /** Places that stand in a table. */
  const tabled = new Set<string>();
  /** Lines of a dry run, by their task. */
  const noted = new Map<number, number>();
  /** Names of the steps that were done, by their place. */
  const done = new Map<string, Set<string>>();
  const heads = new Map<string, string>();
  const headOf = (label: string) => {
    const known = heads.get(label) ?? style.dim(`[${label}]`);
    heads.set(label, known);
    return known;
  };
  // A text of several lines is told from lines of hostout by its indent.
  const say = (label: string, text: string) => write(`${headOf(label)} ${text.replaceAll("\n", "\n    ")}\n`);
  const end = (event: End) => {
    const { hasInnerLine, hasInnerFailure } = tasks.end(event);
    const isStep = event.path.length > 1;
    const label = labels(event);
    const place = placeOf(event);
    ended.add(place);
    const left = (noted.get(event.task) ?? 0) - mostNoted;
    if (left > 0 && !quiet) say(label, `… and ${left} more`);
    noted.delete(event.task);
    tables.add(event, labels);
    if (event.table && !isStep && event.path[0] === last) tabled.add(place);
    if (!isStep && event.note !== undefined) notes.set(place, event.note);
    const isDetail = isStep && event.severity === "detail";
    if (event.status === "ok" && !isDetail && !hasInnerLine) {
      worked.add(place);
      if (isStep) done.set(place, (done.get(place) ?? new Set()).add(event.path.at(-1)!));
    }
    // The recap says how the only command of a run ended.
    const isWorthALine =
      event.status === "failed"
        ? !hasInnerFailure && event.severity !== "detail"
        : !quiet && event.status === "ok" && !isDetail && !hasInnerLine;
    const isInRecap = !isStep && (isOneCommand || event.table !== undefined) && event.status !== "failed";
    if (!verbose && (!isWorthALine || isInRecap)) return;
    tasks.print(event);
    const time = event.status === "skipped" ? "" : ` (${seconds(event.durationMs)})`;
    const note = noteText(event.note, verbose || event.status !== "ok");
    say(label, `${event.path.at(-1)} ${statusWord(event.status, style)}${time}${note}`);
  };
  return (told) => {
    const event = visibleEvent(told, style.hasColours);
    switch (event.type) {
      case "run.start":
        labels = makeLabels(event.targets);
        hosts = event.targets.map((target) => labels(target));
        isDry = event.dryRun;
        isResumed = event.resumes !== undefined;
        isOneCommand = event.commands.length === 1;
        last = event.commands.at(-1);
        write(`${style.dim(aboutRun(event, folder))}\n`);
        if (isDry) write("This is a dry run: hosts are asked, nothing is changed.\n");
        break;
      case "task.start":
        // It marks the release of the run as failed, which never goes live again.
        if (event.path.at(-1) === "go-back") hasGoneBack = true;
        tasks.begin(event);
        if (verbose) say(labels(event), style.bold(`${event.path.at(-1)} …`));
        break;
      case "batch":
        if (!quiet)
          write(
            `${style.bold(
              batchText(
                event,
                event.targets.map((one) => labels(one)),
              ),
            )}\n`,
          );
        break;
      case "output": {
        const label = labels(event, event.machine);
        const text = event.line;
        if (isDry && !verbose && event.severity === undefined && event.stream === "note") {
          const count = (noted.get(event.task) ?? 0) + 1;
          noted.set(event.task, count);
          if (count > mostNoted) break;
        }
        if (event.severity === "warning") {
          if (warnings.add(label, text)) say(label, `${style.yellow("warning:")} ${text}`);
        } else if (verbose || (!quiet && !(event.severity === "detail" && tasks.isStep(event.task))))
          say(label, text);
        break;
      }
      case "task.end":
        end(event);
        break;
      case "run.end":
        for (const table of tables.all()) write(`\n${tableLines(table, style, width()).join("\n")}\n`);
        write(
          recap(event, {
            labels,
            warnings,
            warned: warned(),
            // What was done in the run before is no less done.
            isUnchanged: (target) =>
              !isResumed &&
              placesOf(target).some((place) => ended.has(place)) &&
              !placesOf(target).some((place) => worked.has(place)),
            // Elsewhere what was done may have been taken back.
            doneOn: (target) => (event.exitCode === 130 ? [...(done.get(placeOf(target)) ?? [])] : []),
            isInTable: (target) => tabled.has(placeOf(target)),
            noteOf: (target) =>
              isOneCommand
                ? placesOf(target)
                    .map((place) => notes.get(place))
                    .find((note) => note !== undefined)
                : undefined,
            verbose,
            style,
          }),
        );
        // With 2, the same would be wrong once more.
        if (
          !isDry &&
          canBeResumed() &&
          !hasGoneBack &&
          event.exitCode !== 2 &&
          event.targets.some(({ status }) => status !== "ok")
        )
          write(style.dim(howToGoOn(event.targets)));
        break;
    }
  };
}

/** Where no more than a line or a login failed, nothing has to be mended in the project. */
function howToGoOn(targets: readonly TargetReport[]): string {
  const failed = targets.filter(({ status }) => status === "failed");
  const isOfHosts = failed.every(({ error }) => error !== undefined && ofHosts.has(error.code));
  const goesOn = "'hostout resume' goes on with what is left.\n";
  return isOfHosts ? goesOn : `${goesOn}After a change of the project or the configuration, begin anew.\n`;
}

const ofHosts: ReadonlySet<string> = new Set([
  ...[
    "unreachable",
    "connection-lost",
    "login-refused",
    "host-key",
    "timeout",
    "interrupted",
    "locked",
    "disk-full",
  ],
]);

/** A host of a site, or this machine for the site. */
function placeOf({ site, host }: { readonly site: string; readonly host?: string | undefined }): string {
  return JSON.stringify([site, host]);
}

/** The places whose tasks are about a host. */
function placesOf({ site, host }: TargetReport): readonly string[] {
  return [placeOf({ site, host }), placeOf({ site })];
}

/** `batch 2 of 5: web3, web4` */
function batchText(
  { batch, of, canary }: Extract<Event, { type: "batch" }>,
  labels: readonly string[],
): string {
  return `batch ${batch} of ${of}${canary ? " (canary)" : ""}: ${someOf(labels)}`;
}

/** Which configuration a run acts on, and which environments: nobody has to guess. */
function aboutRun({ config, targets }: Extract<Event, { type: "run.start" }>, folder: string): string {
  const sites = new Map(targets.map(({ site, environment }) => [site, environment]));
  const named = new Set(sites.values());
  const [only] = named;
  const which =
    named.size === 1
      ? (only ?? "none named")
      : [...sites].map(([site, environment]) => `${site} ${environment ?? "none named"}`).join(", ");
  const file = config.startsWith(`${folder}/`) ? config.slice(folder.length + 1) : config;
  return `configuration ${file}, environment: ${which}`;
}

function statusWord(status: string, style: Style): string {
  if (status === "ok") return style.green("done");
  return status === "failed" ? style.red("failed") : style.yellow(status);
}
