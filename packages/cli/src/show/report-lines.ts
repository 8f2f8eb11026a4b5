import type { Event, TargetReport } from "@hostout/kit";
import { makeLabels, someOf } from "./labels.ts";
import { makeOpenTasks } from "./open-tasks.ts";
import { noteText, recap, seconds } from "./recap.ts";
import { makeRunTables } from "./run-tables.ts";
import type { Style } from "./style.ts";
import { tableLines } from "./table.ts";
import { visibleEvent } from "./visible-event.ts";
import { makeWarnings } from "./warnings.ts";

/** The settings for printing events as lines. */
export interface LineSettings {
  readonly write: (text: string) => void;
  readonly style: Style;
  /** Prints only failures, warnings and the recap. */
  readonly quiet: boolean;
  /** Prints each start and each end, and details. */
  readonly verbose: boolean;
  /** The folder where hostout was started. Paths below it are printed relative. */
  readonly folder: string;
  /** Whether `resume` can continue the run. Default true. */
  readonly canBeResumed?: () => boolean;
  /** The columns of the terminal; undefined without a terminal. Default undefined. */
  readonly width?: () => number | undefined;
  /** The number of warnings printed elsewhere, for the recap. Default none. */
  readonly warned?: () => number;
}

/** The most lines to print for one step of a dry run. */
const mostNoted = 12;

type End = Extract<Event, { type: "task.end" }>;

/**
 * Prints events as lines, each with its host: `[web1] text`, or `[site web1]` if several sites have the same
 * host. A step that changed something has one line, at its end.
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
  let order: ReadonlyMap<string, number> = new Map();
  const tables = makeRunTables((label) => order.get(label) ?? -1);
  /** The notes of the typed commands, then the places with an ended task and with a change. */
  const notes = new Map<string, string>();
  const ended = new Set<string>();
  const worked = new Set<string>();
  /** The places that a table shows. */
  const tabled = new Set<string>();
  /** The places whose live release was known. */
  const knownLive = new Set<string>();
  /** The number of lines of a dry run, by task. */
  const noted = new Map<number, number>();
  /** The names of the finished steps, by place. */
  const done = new Map<string, Set<string>>();
  const heads = new Map<string, string>();
  const headOf = (label: string) => {
    const known = heads.get(label) ?? style.dim(`[${label}]`);
    heads.set(label, known);
    return known;
  };
  // The indent shows that further lines belong to the same text.
  const say = (label: string, text: string) => write(`${headOf(label)} ${text.replaceAll("\n", "\n    ")}\n`);
  const end = (event: End) => {
    const { hasInnerLine, hasInnerFailure } = tasks.end(event);
    const isStep = event.path.length > 1;
    const label = labels(event);
    const place = placeOf(event);
    ended.add(place);
    if (event.live !== undefined) knownLive.add(place);
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
    // The recap reports the end of the run's only command.
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
        order = new Map(event.targets.map((target, index) => [labels(target), index]));
        isDry = event.dryRun;
        isResumed = event.resumes !== undefined;
        isOneCommand = event.commands.length === 1;
        last = event.commands.at(-1);
        write(`${style.dim(aboutRun(event, folder))}\n`);
        if (isDry) write("This is a dry run: hosts are asked, nothing is changed.\n");
        break;
      case "task.start":
        // The command marks the run's release as failed, so that release never goes live again.
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
            // The changes of an earlier, resumed run count too.
            isUnchanged: (target) =>
              !isResumed &&
              placesOf(target).some((place) => ended.has(place)) &&
              !placesOf(target).some((place) => worked.has(place)),
            // In other cases, an undo may have removed those changes.
            doneOn: (target) => (event.exitCode === 130 ? [...(done.get(placeOf(target)) ?? [])] : []),
            wasLiveKnown: (target) => knownLive.has(placeOf(target)),
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
        // After exit code 2, the same command line would fail again.
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

/** Returns the way to continue. After mere failures of connection or login, the project needs no repair. */
function howToGoOn(targets: readonly TargetReport[]): string {
  const failed = targets.filter(({ status }) => status === "failed");
  const isOfHosts = failed.every(({ error }) => error !== undefined && ofHosts.has(error.code));
  const goesOn = "'hostout resume' does the steps that are left.\n";
  return isOfHosts ? goesOn : `${goesOn}After a change of the project or the configuration, begin anew.\n`;
}

const ofHosts: ReadonlySet<string> = new Set([
  ...[
    "unreachable",
    "connection-lost",
    "login-refused",
    "not-set-up",
    "host-key",
    "timeout",
    "interrupted",
    "locked",
    "disk-full",
  ],
]);

/** Returns the key of a place: a host of a site, or this machine on behalf of the site. */
function placeOf({ site, host }: { readonly site: string; readonly host?: string | undefined }): string {
  return JSON.stringify([site, host]);
}

/** Returns the places whose tasks concern a host. */
function placesOf({ site, host }: TargetReport): readonly string[] {
  return [placeOf({ site, host }), placeOf({ site })];
}

/** Formats a batch: `batch 2 of 5: web3, web4`. */
function batchText(
  { batch, of, canary }: Extract<Event, { type: "batch" }>,
  labels: readonly string[],
): string {
  return `batch ${batch} of ${of}${canary ? " (canary)" : ""}: ${someOf(labels)}`;
}

/** Returns the configuration and the environments of a run, so that nobody has to guess. */
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
