import type { ErrorReport, Event, TargetReport } from "@hostout/kit";
import type { Style } from "./style.ts";
import { makeWarnings, type Warnings } from "./warnings.ts";

export interface LineSettings {
  readonly write: (text: string) => void;
  readonly style: Style;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** Where hostout was started: files below it are told without it. */
  readonly folder: string;
  /** Whether the run is written down. Default true. */
  readonly canBeResumed?: () => boolean;
  /** Warnings that were printed elsewhere, for the recap. Default none. */
  readonly warned?: () => number;
}

type Targets = readonly { readonly site: string; readonly host: string }[];

/** Tells events as lines, each with its host: `[web1] text`. `[site web1]` where several sites have the same host. */
export function reportLines({
  write,
  style,
  quiet,
  verbose,
  folder,
  canBeResumed = () => true,
  warned = () => 0,
}: LineSettings): (event: Event) => void {
  let labels = makeLabels([]);
  let isDry = false;
  const warnings = makeWarnings();
  let hasGoneBack = false;
  const say = (label: string, text: string) => write(`${style.dim(`[${label}]`)} ${text}\n`);
  return (event) => {
    switch (event.type) {
      case "run.start":
        labels = makeLabels(event.targets);
        write(`${style.dim(aboutRun(event, folder))}\n`);
        isDry = event.dryRun;
        if (isDry) write("This is a dry run: hosts are asked, nothing is changed.\n");
        break;
      case "task.start":
        // It marks the release of the run as failed, which never goes live again.
        if (event.path.at(-1) === "go-back") hasGoneBack = true;
        if (!quiet) say(labels(event), style.bold(`${event.path.at(-1)} …`));
        break;
      case "output": {
        const label = labels(event, event.machine);
        if (event.severity !== "warning") {
          if (!quiet) say(label, event.line);
        } else if (warnings.add(label, event.line)) say(label, `${style.yellow("warning:")} ${event.line}`);
        break;
      }
      case "task.end": {
        if (quiet && event.status !== "failed") break;
        const note = event.status === "ok" ? noteText(event.note, verbose) : noteText(event.note, true);
        const time = event.status === "skipped" ? "" : ` (${seconds(event.durationMs)})`;
        say(labels(event), `${event.path.at(-1)} … ${statusWord(event.status, style)}${time}${note}`);
        break;
      }
      case "run.end":
        write(recap(event, labels, { warnings, warned: warned(), verbose, style }));
        // With 2, the same would be wrong once more.
        if (
          !isDry &&
          canBeResumed() &&
          !hasGoneBack &&
          event.exitCode !== 2 &&
          event.targets.some(({ status }) => status !== "ok")
        )
          write(style.dim("'hostout resume' goes on with what is left.\n"));
        break;
    }
  };
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

/** What stands in the brackets of a line. */
export type Label = (
  place: { readonly site: string; readonly host?: string | undefined },
  machine?: string,
) => string;

/** Labels are names of hosts, with the site where that is not plain. */
export function makeLabels(targets: Targets): Label {
  const sitesOf = new Map<string, Set<string>>();
  for (const { site, host } of targets) sitesOf.set(host, (sitesOf.get(host) ?? new Set()).add(site));
  return ({ site, host }, machine) => {
    const name = machine ?? host ?? "localhost";
    const shared = host === undefined || (sitesOf.get(host)?.size ?? 0) > 1;
    return shared && targets.length > 1 ? `${site} ${name}` : name;
  };
}

function statusWord(status: string, style: Style): string {
  if (status === "ok") return style.green("done");
  return status === "failed" ? style.red("failed") : style.yellow(status);
}

function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1)} s`;
}

/** What was said of what went well; only with --verbose where it is long. */
function noteText(note: string | undefined, verbose: boolean): string {
  return note && (verbose || note.length < 80) ? `: ${note}` : "";
}

/** How a host was not reached: a host that answered and let nobody in is up. */
const unreachableWords = {
  unreachable: "unreachable",
  "login-refused": "login refused",
  "host-key": "not trusted",
  "connection-lost": "connection lost",
} as const;

function wordOf({ status, error }: TargetReport): string {
  if (status !== "unreachable") return status.replace("-", " ");
  return unreachableWords[(error?.code ?? status) as keyof typeof unreachableWords] ?? status;
}

type RunEnd = Extract<Event, { type: "run.end" }>;

interface About {
  readonly warnings: Warnings;
  /** Those printed elsewhere. */
  readonly warned: number;
  readonly verbose: boolean;
  readonly style: Style;
}

/** The warnings that came up again, what became of each host, what its last command says of what it found out, and of those that failed why, and what to do. */
function recap(
  { targets, durationMs }: RunEnd,
  labels: Label,
  { warnings, warned, verbose, style }: About,
): string {
  const lines = warnings.repeated().map(({ text, labels: places }) => {
    return `${style.dim(`[${someOf(places)}]`)} ${style.yellow("warning:")} ${text}`;
  });
  for (const target of targets) {
    const label = labels(target);
    const status = target.status === "ok" ? style.green("ok") : style.red(wordOf(target));
    const text = target.status === "ok" ? noteText(target.note, verbose) : why(target.error);
    lines.push(`${style.dim(`[${label}]`)} ${status}${countText(warnings.count(label))}${text}`);
  }
  const words = targets.map(wordOf);
  const counts = ["ok", "failed", ...Object.values(unreachableWords), "not run"]
    .map((word) => [word, words.filter((one) => one === word).length] as const)
    .filter(([word, count]) => count > 0 || word === "ok")
    .map(([word, count]) => `${count} ${word}`);
  const all = countText(warnings.count() + warned);
  return `\n${lines.join("\n")}\n${counts.join(", ")}${all} in ${seconds(durationMs)}\n`;
}

/** `, 2 warnings`, or nothing. */
function countText(count: number): string {
  return count === 0 ? "" : `, ${count} ${count === 1 ? "warning" : "warnings"}`;
}

/** The first labels, and how many more there are. */
function someOf(labels: readonly string[]): string {
  const most = 5;
  if (labels.length <= most) return labels.join(", ");
  return `${labels.slice(0, most - 1).join(", ")} and ${labels.length - most + 1} more`;
}

function why(error: ErrorReport | undefined): string {
  if (!error) return "";
  const { message, origin, hint } = error;
  // A fault that nobody foresaw is somebody's: the plugin's in which it came up.
  const from =
    error.code === "internal" && error.plugin !== undefined
      ? [`in '${error.command?.at(-1)}' of ${error.plugin}: that is a fault of it`]
      : [];
  const text = [message, ...from, ...(origin ? [`at ${origin}`] : []), ...(hint ? [`try: ${hint}`] : [])];
  return `: ${text.join("\n").split("\n").join("\n    ")}`;
}
